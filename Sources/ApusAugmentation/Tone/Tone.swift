/// Changes of each pixel's value by itself.
let tone: [any Transform.Type] = [
    AutoContrast.self, CLAHE.self, Equalize.self, Illumination.self, InvertImg.self, PlasmaBrightnessContrast.self,
    PlasmaShadow.self, Posterize.self, RandomBrightnessContrast.self, RandomGamma.self, RandomToneCurve.self,
    Solarize.self,
]
