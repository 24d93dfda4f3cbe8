/// Convolutions.
let convolutions: [any Operator.Type] = [
    ColumnsToImage.self, Convolution.self, FusedConvolution.self, ExpandedConvolution.self, TransposedConvolution.self,
]
