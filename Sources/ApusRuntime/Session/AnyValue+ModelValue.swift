import ApusCore

extension AnyValue {
    init(_ value: ModelValue) {
        switch value {
        case .tensor(let array): self = .tensor(Value(array))
        case .strings(let texts): self = .strings(Texts(texts))
        case .sequence(let values): self = .sequence(values.map { AnyValue($0) })
        case .optional(let value): self = .optional(value.map { AnyValue($0) })
        }
    }
}

extension ExecutionContext {
    /// What the caller gets.
    func output(_ value: AnyValue) -> ModelValue {
        switch value {
        case .tensor(let tensor): .tensor(output(tensor))
        case .strings(let texts): .strings(texts.array)
        case .sequence(let values): .sequence(values.map(output))
        case .optional(let value): .optional(value.map(output))
        }
    }

    /// Row-major, and not in a buffer much larger than it.
    private func output(_ value: Value) -> NDArray {
        if let same = value.asRowMajor, same.offset == 0,
            same.storage.byteCount <= 2 * value.count * value.dataType.size + 4096
        {
            workspace.giveAway(same.storage)
            return NDArray(same)
        }
        let result = Value(NDArray(uninitialized: value.shape, dataType: value.dataType))
        recording?.hold(result.storage)
        copy(value, to: result)
        return NDArray(result)
    }
}

extension ModelValue {
    /// With memory of its own, where it is an array of numbers.
    var copied: ModelValue {
        guard case .tensor(let array) = self else { return self }
        let copy = NDArray(uninitialized: array.shape, dataType: array.dataType)
        array.withUnsafeBytes { bytes in
            if let base = bytes.baseAddress { copy.storage.base.copyMemory(from: base, byteCount: bytes.count) }
        }
        return .tensor(copy)
    }
}
