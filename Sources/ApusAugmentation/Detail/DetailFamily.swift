/// Sharpness, edges, regions.
let details: [any Transform.Type] = [
    Emboss.self, RingingOvershoot.self, Sharpen.self, Superpixels.self, UnsharpMask.self,
]
