/// Normalizations.
let normalizations: [any Operator.Type] = [
    BatchNormalization.self, GroupNormalization.self, InstanceNormalization.self, LayerNormalization.self,
    LocalResponseNormalization.self, LpNormalization.self, MeanVarianceNormalization.self,
]
