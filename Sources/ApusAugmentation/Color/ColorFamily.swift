/// Changes of colours and channels.
let colors: [any Transform.Type] = [
    ChannelDropout.self, ChannelShuffle.self, ChromaticAberration.self, ColorJitter.self, FancyPCA.self,
    HueSaturationValue.self, PlanckianJitter.self, RGBShift.self, ToGray.self, ToRGB.self, ToSepia.self,
]
