import ApusConfiguration

/// A number, or a fraction such as `1/255`.
public struct Quotient: Codable, Hashable, Sendable, ExpressibleByIntegerLiteral {
    public let dividend, divisor: Float

    public var value: Float { dividend / divisor }

    public init(_ dividend: Float, over divisor: Float = 1) { (self.dividend, self.divisor) = (dividend, divisor) }

    public init(integerLiteral value: Int) { self.init(Float(value)) }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let text = try? container.decode(String.self), text.contains("/") else {
            self.init(try container.decode(Float.self))
            return
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            .map { Float(String($0.filter { $0 != " " })) }
        guard parts.count == 2, let dividend = parts[0], let divisor = parts[1], (dividend / divisor).isFinite else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "expected a number or a fraction such as 1/255, found '\(text)'"))
        }
        self.init(dividend, over: divisor)
    }

    public func encode(to encoder: any Encoder) throws {
        guard divisor != 1 else { return try dividend.encode(to: encoder) }
        try "\(Self.written(dividend))/\(Self.written(divisor))".encode(to: encoder)
    }

    private static func written(_ value: Float) -> String { Int(exactly: value).map(String.init) ?? "\(value)" }
}
