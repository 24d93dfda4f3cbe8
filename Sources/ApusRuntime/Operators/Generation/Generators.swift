/// What makes values out of attributes, shapes, places and chance.
let generators: [any Operator.Type] = [
    Bernoulli.self, Constant.self, ConstantOfShape.self, IdentityMatrix.self, Multinomial.self, NonZeroIndices.self,
    NumberRange.self, OneHot.self, RandomNormal.self, RandomNormalLike.self, RandomUniform.self,
    RandomUniformLike.self,
]
