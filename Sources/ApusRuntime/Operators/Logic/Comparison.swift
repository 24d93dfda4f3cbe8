import ApusCore

/// A question about two numbers or truth values.
enum Comparison: Sendable {
    case equal, less, lessOrEqual, greater, greaterOrEqual, and, or, xor
}

extension ExecutionContext {
    /// Truth values of `comparison` for every pair of elements, under NumPy's broadcasting.
    func compare(_ comparison: Comparison, _ a: Value, _ b: Value) throws(OperatorError) -> Value {
        try b.require(a.dataType)
        guard let shape = a.shape.broadcast(with: b.shape) else {
            throw .mismatch(expected: "shapes that broadcast", found: "\(a.shape) and \(b.shape)")
        }
        let x = try rowMajor(try widened(a)).withBytesForBooleans
        let y = try rowMajor(try widened(b)).withBytesForBooleans
        let result = try make(shape, .bool), loop = BroadcastLoop(shape, [a.shape, b.shape])
        try x.dataType.accept(ComparisonLoop(comparison: comparison, a: x, b: y, result: result, loop: loop))
        return result
    }
}

/// A comparison of row-major values of any one number type.
private struct ComparisonLoop: NumberVisitor {
    let comparison: Comparison
    let a, b, result: Value
    let loop: BroadcastLoop

    func visit<Element: Number>(_ type: Element.Type) throws(OperatorError) {
        switch comparison {
        case .equal: run(type) { $0 == $1 }
        case .less: run(type) { $0 < $1 }
        case .lessOrEqual: run(type) { $0 <= $1 }
        case .greater: run(type) { $0 > $1 }
        case .greaterOrEqual: run(type) { $0 >= $1 }
        case .and: run(type) { $0 != .nought && $1 != .nought }
        case .or: run(type) { $0 != .nought || $1 != .nought }
        case .xor: run(type) { ($0 != .nought) != ($1 != .nought) }
        }
    }

    @inline(__always)
    private func run<Element: Number>(_ type: Element.Type, _ question: (Element, Element) -> Bool) {
        loop.map(a.pointer(type), b.pointer(type), into: result.pointer(UInt8.self)) { question($0, $1) ? 1 : 0 }
    }
}
