/// Transforms that choose among others by themselves.
let automatic: [any Transform.Type] = [RandAugment.self, TrivialAugment.self]
