import ApusCore

/// A question about two numbers.
enum Comparison: Sendable {
    case equal, less, lessOrEqual, greater, greaterOrEqual, and, or, xor

    func callAsFunction<Number: Comparable>(_ a: Number, _ b: Number) -> Bool {
        switch self {
        case .equal: a == b
        case .less: a < b
        case .lessOrEqual: a <= b
        case .greater: a > b
        case .greaterOrEqual: a >= b
        case .and, .or, .xor: false
        }
    }

    func callAsFunction(_ a: Int64, _ b: Int64) -> Bool {
        switch self {
        case .equal: a == b
        case .less: a < b
        case .lessOrEqual: a <= b
        case .greater: a > b
        case .greaterOrEqual: a >= b
        case .and: a & b != 0
        case .or: a | b != 0
        case .xor: a ^ b != 0
        }
    }
}

extension ExecutionContext {
    /// Truth values of `comparison` for every pair of elements, under NumPy's broadcasting.
    func compare(_ comparison: Comparison, _ a: Value, _ b: Value) throws(OperatorError) -> Value {
        try b.require(a.dataType)
        guard let shape = a.shape.broadcast(with: b.shape) else {
            throw .mismatch(expected: "shapes that broadcast", found: "\(a.shape) and \(b.shape)")
        }
        let x = try expand(a, to: shape), y = try expand(b, to: shape)
        let flags: [Int64]
        if a.dataType.isFloatingPoint {
            flags = zip(try x.doubles(self), try y.doubles(self)).map { comparison($0, $1) ? 1 : 0 }
        } else if a.dataType == .uint64 {
            flags = zip(try x.integers(self), try y.integers(self)).map {
                comparison(UInt64(bitPattern: $0), UInt64(bitPattern: $1)) ? 1 : 0
            }
        } else {
            flags = zip(try x.integers(self), try y.integers(self)).map { comparison($0, $1) ? 1 : 0 }
        }
        return try make(shape, .bool, integers: flags)
    }
}
