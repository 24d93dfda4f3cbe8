/// Waves and spectra.
let signals: [any Operator.Type] = [
    BlackmanWindow.self, Determinant.self, DiscreteFourierTransform.self, HammingWindow.self, HannWindow.self,
    MelWeightMatrix.self, ShortTimeFourierTransform.self,
]
