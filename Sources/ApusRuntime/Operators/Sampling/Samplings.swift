/// Elements read from between the pixels of an image.
let samplings: [any Operator.Type] = [
    AffineGrid.self, DeformableConvolution.self, GridSampling.self, RegionAlignment.self,
]
