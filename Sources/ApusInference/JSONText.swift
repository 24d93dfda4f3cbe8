import ApusConfiguration

/// JSON whose objects keep their order.
public indirect enum JSONText: Sendable {
    case object([(key: String, value: JSONText)])
    case array([JSONText])
    case string(String)
    case integer(Int)
    case bool(Bool)
    /// JSON has no infinities and no NaN: they become null.
    case number(Double)
    /// The shortest text that gives the same `Float`.
    case float(Float)
    case null

    /// On one line.
    public var text: String {
        switch self {
        case .object(let members):
            "{" + members.map { $0.key.quotedAsJSON + ": " + $0.value.text }.joined(separator: ", ") + "}"
        case .array(let elements): "[" + elements.map(\.text).joined(separator: ", ") + "]"
        case .string(let string): string.quotedAsJSON
        case .integer(let integer): String(integer)
        case .bool(let value): value ? "true" : "false"
        case .number(let number): number.isFinite ? "\(number)" : "null"
        case .float(let float): float.isFinite ? "\(float)" : "null"
        case .null: "null"
        }
    }
}
