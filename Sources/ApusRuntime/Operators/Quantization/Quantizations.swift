/// Between numbers and the integers that stand for them, and arithmetic on such integers.
let quantizations: [any Operator.Type] = [
    Dequantization.self, DynamicQuantization.self, FusedByteConcatenation.self, FusedByteFunction.self,
    FusedByteMaximumPooling.self, FusedByteResizing.self, FusedQuantizedConvolution.self, IntegerConvolution.self,
    IntegerMatrixProduct.self, Quantization.self, QuantizedConvolution.self, QuantizedMatrixProduct.self,
]
