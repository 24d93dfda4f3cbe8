/// Transforms that put holes into the image.
let dropouts: [any Transform.Type] = [
    CoarseDropout.self, ConstrainedCoarseDropout.self, Erasing.self, GridDropout.self, XYMasking.self,
    PixelDropout.self, MaskDropout.self,
]
