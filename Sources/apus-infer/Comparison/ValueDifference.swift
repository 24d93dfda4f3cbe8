import ApusCore
import ApusInference

/// A value that both sides have, and how far apart the two are.
struct ValueDifference {
    let name: String
    /// The node that makes it, on the second side; `nil` for outputs that are only paired.
    let node: String?
    let isOutput: Bool
    let kinds: (String, String)
    let difference: ArrayDifference

    init(_ name: String, node: String?, isOutput: Bool, _ first: ModelValue, _ second: ModelValue) {
        (self.name, self.node, self.isOutput) = (name, node, isOutput)
        kinds = (first.kind, second.kind)
        difference = ArrayDifference(first, second)
    }

    func agrees(within tolerance: Double) -> Bool { difference.relative <= tolerance }

    private var kind: String { kinds.0 == kinds.1 ? kinds.0 : "\(kinds.0) and \(kinds.1)" }

    var row: [String] {
        [
            Self.short(difference.absolute), Self.short(difference.relative), kind, name,
            isOutput ? "output" : node ?? "",
        ]
    }

    var json: JSONText {
        .object([
            ("value", .string(name)), ("is_output", .bool(isOutput)), ("node", node.map(JSONText.string) ?? .null),
            ("type", .string(kind)), ("max_abs", .number(difference.absolute)),
            ("max_rel", .number(difference.relative)),
        ])
    }

    /// Three digits: `1.23e-05`.
    private static func short(_ number: Double) -> String {
        guard number.isFinite, number > 0 else { return number == 0 ? "0" : "∞" }
        var (mantissa, exponent) = (number, 0)
        while mantissa >= 9.995 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
        while mantissa < 0.9995 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
        return
            "\(fixed(mantissa, digits: 2))e\(exponent < 0 ? "-" : "+")\(abs(exponent) < 10 ? "0" : "")\(abs(exponent))"
    }
}
