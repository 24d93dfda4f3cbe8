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
