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
        let source = value.base.assumingMemoryBound(to: UInt16.self), target = result.floats
        if value.dataType == .bfloat16 {
            for index in 0..<value.count { target[index] = Float(bitPattern: UInt32(source[index]) << 16) }
        } else {
            for index in 0..<value.count { target[index] = HalfPrecision.float(fromBits: source[index]) }
        }
        return result
    }

    /// `float32` as 16-bit floats, in the same layout.
    func narrow(_ value: Value, to type: DataType) throws(OperatorError) -> Value {
        let value = try dense(value)
        let result = try make(value.shape, like: value, type)
        let source = value.floats, target = result.base.assumingMemoryBound(to: UInt16.self)
        if type == .bfloat16 {
            for index in 0..<value.count { target[index] = HalfPrecision.brainBits(of: source[index]) }
        } else {
            for index in 0..<value.count { target[index] = HalfPrecision.bits(of: source[index]) }
        }
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
