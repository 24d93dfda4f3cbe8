import ApusCore

extension StringProtocol {
    /// Without white space at the ends.
    var trimmed: String {
        let body = drop(while: \.isWhitespace)
        guard let last = body.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(body[...last])
    }
}

/// How a number in a label file was meant.
enum LabelNumber: Equatable {
    case finite(Double)
    case nonFinite
    case malformed

    /// Decimal numbers only: `Double` itself would also take hexadecimal.
    init(_ text: some StringProtocol) {
        guard let value = Double(text), !text.contains(where: { $0 == "x" || $0 == "X" }) else {
            self = .malformed
            return
        }
        self = value.isFinite ? .finite(value) : .nonFinite
    }
}

/// Maps indices to values on several threads.
func parallelMap<Value: Sendable>(
    _ count: Int, threads: Int, _ transform: @Sendable (Int) -> Value
) -> [Value] {
    let results = Mutex([Value?](repeating: nil, count: count))
    parallelFor(count, threads: threads) { index in
        let value = transform(index)
        results.withLock { $0[index] = value }
    }
    return results.withLock { $0.compactMap { $0 } }
}
