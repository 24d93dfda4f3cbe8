/// What moves elements and changes none.
let movements: [any Operator.Type] = [
    Concatenation.self, DepthToSpace.self, ElementGathering.self, Expansion.self, Gathering.self, Padding.self,
    Slicing.self, SpaceToDepth.self, Splitting.self, Tiling.self, Transposition.self,
]
