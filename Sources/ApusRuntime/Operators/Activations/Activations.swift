/// Functions that stand behind a layer.
let activations: [any Operator.Type] = [
    CELU.self, Clip.self, ELU.self, FusedHardSwish.self, GELU.self, Hardmax.self, HardSigmoid.self, HardSwish.self,
    LeakyReLU.self, LogSoftmax.self, Mish.self, ReLU.self, SELU.self, Shrinkage.self, Sigmoid.self, SiLU.self,
    Softmax.self, Softplus.self, Softsign.self, Tanh.self, ThresholdedReLU.self,
]
