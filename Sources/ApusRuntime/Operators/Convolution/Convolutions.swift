/// Convolutions.
let convolutions: [any Operator.Type] = [Convolution.self, FusedConvolution.self, TransposedConvolution.self]
