/// Changes of image size.
let resizings: [any Operator.Type] = [Resizing.self, Upsampling.self]
