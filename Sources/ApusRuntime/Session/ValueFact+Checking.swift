import ApusCore

extension ValueFact {
    /// Whether a run may leave the input out.
    var isOptional: Bool {
        if case .optional = type { true } else { false }
    }

    /// Refuses a value of another kind, type or shape.
    func check(_ value: ModelValue) throws(RuntimeError) { try check(value, type) }

    private func check(_ value: ModelValue, _ type: ModelValueType) throws(RuntimeError) {
        switch (type, value) {
        case (.tensor(let dataType, let shape), .tensor(let array)):
            guard array.dataType == dataType else { throw .inputType(name, expected: dataType, found: array.dataType) }
            try check(array.shape, shape)
        case (.strings(let shape), .strings(let texts)): try check(texts.shape, shape)
        case (.sequence(let element), .sequence(let values)): for value in values { try check(value, element) }
        case (.optional, .optional(nil)), (.undeclared, _): break
        case (.optional(let type), .optional(let value?)): try check(value, type)
        // A value stands for an optional that holds it.
        case (.optional(let type), _): try check(value, type)
        default: throw .inputKind(name, expected: "\(type)", found: value.kind)
        }
    }

    private func check(_ found: Shape, _ shape: [Int?]?) throws(RuntimeError) {
        guard let shape else { return }
        let fits =
            shape.count == found.rank
            && zip(shape, found.dimensions).allSatisfy { declared, found in declared ?? found == found }
        guard fits else { throw .inputShape(name, expected: ModelValueType.text(shape), found: found) }
    }
}
