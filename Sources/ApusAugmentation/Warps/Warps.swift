/// Transforms that move places continuously.
let warps: [any Transform.Type] = [Affine.self]
