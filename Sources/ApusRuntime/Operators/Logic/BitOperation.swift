import ApusCore

/// A function of the bits of two integers.
enum BitOperation: Sendable {
    case and, or, xor, shiftLeft, shiftRight

    @inline(__always)
    func callAsFunction<Word: FixedWidthInteger & UnsignedInteger>(_ a: Word, _ b: Word) -> Word {
        switch self {
        case .and: a & b
        case .or: a | b
        case .xor: a ^ b
        // Swift's shifts by the width or more leave nothing.
        case .shiftLeft: a << b
        case .shiftRight: a >> b
        }
    }
}

extension ExecutionContext {
    /// The bits of `a` and `b` combined, under NumPy's broadcasting. What is done to bits does not ask for their sign.
    func combineBits(_ operation: BitOperation, _ a: Value, _ b: Value) throws(OperatorError) -> Value {
        try b.require(a.dataType)
        try expect(
            !a.dataType.isFloatingPoint && a.dataType != .bool, "integers", found: "\(a.dataType)")
        guard let shape = a.shape.broadcast(with: b.shape) else {
            throw .mismatch(expected: "shapes that broadcast", found: "\(a.shape) and \(b.shape)")
        }
        let x = try rowMajor(a), y = try rowMajor(b), result = try make(shape, a.dataType)
        let loop = BroadcastLoop(shape, [a.shape, b.shape])
        switch a.dataType.size {
        case 1: combine(operation, x, y, result, loop, UInt8.self)
        case 2: combine(operation, x, y, result, loop, UInt16.self)
        case 4: combine(operation, x, y, result, loop, UInt32.self)
        default: combine(operation, x, y, result, loop, UInt64.self)
        }
        return result
    }

    private func combine<Word: FixedWidthInteger & UnsignedInteger & ArrayElement>(
        _ operation: BitOperation, _ a: Value, _ b: Value, _ result: Value, _ loop: BroadcastLoop, _ word: Word.Type
    ) {
        loop.map(a.pointer(word), b.pointer(word), into: result.pointer(word)) { operation($0, $1) }
    }
}
