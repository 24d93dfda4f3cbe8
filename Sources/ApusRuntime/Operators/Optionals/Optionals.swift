/// Values that may be left out.
let optionals: [any Operator.Type] = [OptionalConstruction.self, OptionalElement.self, OptionalPresence.self]
