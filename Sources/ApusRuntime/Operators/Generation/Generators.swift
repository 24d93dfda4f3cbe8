/// What makes values out of attributes, shapes and places.
let generators: [any Operator.Type] = [
    Constant.self, ConstantOfShape.self, NonZeroIndices.self, NumberRange.self,
]
