/// What moves elements and changes none.
let movements: [any Operator.Type] = [
    Compression.self, Concatenation.self, DepthToSpace.self, DistinctElements.self,
    ElementGathering.self, ElementScattering.self, Expansion.self, Gathering.self, Padding.self, Scattering.self,
    SequenceReversal.self, SliceGathering.self, SliceScattering.self, Slicing.self, SpaceToDepth.self, Splitting.self,
    Tiling.self, Transposition.self, Triangle.self,
]
