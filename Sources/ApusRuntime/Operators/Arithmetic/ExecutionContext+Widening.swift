import ApusCore

extension ExecutionContext {
    /// `value` in `float32` where it is of a 16-bit format. Only what moves elements needs it: to all others the
    /// executor gives wide ones.
    func widened(_ value: Value) throws(OperatorError) -> Value {
        value.dataType.isHalf ? try widen(value) : value
    }
}
