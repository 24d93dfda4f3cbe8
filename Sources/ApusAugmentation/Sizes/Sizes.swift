/// Transforms that bring a whole image to a size.
let sizes: [any Transform.Type] = [
    Resize.self, LongestMaxSize.self, SmallestMaxSize.self, RandomScale.self, Pad.self, PadIfNeeded.self,
]
