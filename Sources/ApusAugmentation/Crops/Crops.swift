/// Transforms that keep a part of the image.
let crops: [any Transform.Type] = [
    RandomCrop.self, CenterCrop.self, Crop.self, RandomResizedCrop.self, RandomSizedCrop.self,
    RandomCropFromBorders.self, RandomCropNearBBox.self, BBoxSafeRandomCrop.self, RandomSizedBBoxSafeCrop.self,
    AtLeastOneBBoxRandomCrop.self, CropNonEmptyMaskIfExists.self, CropAndPad.self,
]
