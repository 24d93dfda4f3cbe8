/// Layers that carry a state from step to step of a sequence.
let recurrent: [any Operator.Type] = [
    GatedRecurrence.self, LongShortTermMemory.self, SimpleRecurrence.self,
]
