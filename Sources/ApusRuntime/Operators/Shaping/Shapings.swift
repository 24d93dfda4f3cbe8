/// Shapes, types and what passes unchanged.
let shapings: [any Operator.Type] = [
    Casting.self, CastingLike.self, Dropout.self, ElementCount.self, Flattening.self, Identity.self, Reshaping.self,
    ShapeOf.self, Squeezing.self, Unsqueezing.self,
]
