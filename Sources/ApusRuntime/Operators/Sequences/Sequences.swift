/// Lists of arrays.
let sequences: [any Operator.Type] = [
    SequenceAccess.self, SequenceConcatenation.self, SequenceConstruction.self, SequenceErasure.self,
    SequenceInsertion.self, SequenceLength.self, SequenceMapping.self, SequenceSplitting.self, EmptySequence.self,
]
