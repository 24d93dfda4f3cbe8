/// Normalizations.
let normalizations: [any Operator.Type] = [
    BatchNormalization.self, InstanceNormalization.self, LayerNormalization.self,
]
