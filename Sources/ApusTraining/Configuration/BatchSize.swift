/// How many images a step sees: a number, or `auto` for as many as a GPU's memory allows.
public enum BatchSize: Hashable, Sendable, Codable, ExpressibleByIntegerLiteral {
    case images(Int)
    case auto

    public init(integerLiteral value: Int) { self = .images(value) }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if (try? container.decode(String.self)) == "auto" {
            self = .auto
        } else {
            self = .images(try container.decode(Int.self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .images(let count): try container.encode(count)
        case .auto: try container.encode("auto")
        }
    }

    /// The number; `nil` where it is to be found.
    public var count: Int? {
        guard case .images(let count) = self else { return nil }
        return count
    }
}
