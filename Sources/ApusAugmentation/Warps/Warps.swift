/// Transforms that move places continuously, and those that cut the image into tiles.
let warps: [any Transform.Type] = [
    Affine.self, ShiftScaleRotate.self, Rotate.self, SafeRotate.self, Perspective.self, ElasticTransform.self,
    GridDistortion.self, OpticalDistortion.self, PiecewiseAffine.self, ThinPlateSpline.self, GridElasticDeform.self,
    RandomGridShuffle.self, Morphological.self, OverlayElements.self,
]
