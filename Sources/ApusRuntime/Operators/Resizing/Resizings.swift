/// Changes of image size.
let resizings: [any Operator.Type] = [CenterCropPadding.self, Resizing.self, Upsampling.self]
