/// Blurs.
let blurs: [any Transform.Type] = [
    AdvancedBlur.self, Blur.self, Defocus.self, GaussianBlur.self, GlassBlur.self, MedianBlur.self, MotionBlur.self,
    ZoomBlur.self,
]
