import ApusCore

extension DataType {
    /// Whether these are floats of 16 bits.
    var isHalf: Bool { self == .float16 || self == .bfloat16 }
}

extension ExecutionContext {
    /// 16-bit floats as `float32`, in the same layout.
    func widen(_ value: Value) throws(OperatorError) -> Value {
        let value = try dense(value)
        let result = try make(value.shape, like: value, .float32)
        HalfPrecision.widen(
            value.base.assumingMemoryBound(to: UInt16.self), to: result.floats, count: value.count,
            brain: value.dataType == .bfloat16)
        return result
    }

    /// `float32` as 16-bit floats, in the same layout.
    func narrow(_ value: Value, to type: DataType) throws(OperatorError) -> Value {
        let value = try dense(value)
        let result = try make(value.shape, like: value, type)
        HalfPrecision.narrow(
            value.floats, to: result.base.assumingMemoryBound(to: UInt16.self), count: value.count,
            brain: type == .bfloat16)
        return result
    }

    /// An uninitialized dense value of another type that lies as `other` does.
    private func make(_ shape: Shape, like other: Value, _ type: DataType) throws(OperatorError) -> Value {
        other.isChannelsLast ? try makeChannelsLast(shape, type) : try make(shape, type)
    }

    private func dense(_ value: Value) throws(OperatorError) -> Value {
        value.isDense ? value : try rowMajor(value)
    }
}

extension NDArray {
    /// 16-bit floats as `float32`; any other array is itself.
    var widened: NDArray {
        guard dataType.isHalf else { return self }
        let result = NDArray(uninitialized: shape, dataType: .float32)
        HalfPrecision.widen(
            storage.base.assumingMemoryBound(to: UInt16.self),
            to: result.storage.base.assumingMemoryBound(to: Float.self),
            count: count, brain: dataType == .bfloat16)
        return result
    }
}
