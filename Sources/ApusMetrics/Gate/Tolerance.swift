/// A difference between two values: absolute (`0.01`), or a part of the baseline (`2%`, `{relative: 0.02}`).
public enum Tolerance: Codable, Hashable, Sendable, CustomStringConvertible {
    case absolute(Double)
    case relative(Double)

    enum CodingKeys: String, CodingKey, CaseIterable { case absolute, relative }

    public init(from decoder: any Decoder) throws {
        if let single = try? decoder.singleValueContainer() {
            if let number = try? single.decode(Double.self) {
                self = .absolute(number)
                return
            }
            if let text = try? single.decode(String.self) {
                self = try Tolerance(percentage: text, decoder)
                return
            }
        }
        try refuseUnknownKeys(decoder, known: CodingKeys.allCases.map(\.rawValue))
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let absolute = try container.decodeIfPresent(Double.self, forKey: .absolute)
        let relative = try container.decodeIfPresent(Double.self, forKey: .relative)
        switch (absolute, relative) {
        case (let value?, nil): self = .absolute(value)
        case (nil, let value?): self = .relative(value)
        default:
            throw corrupted(decoder, "expected a number, a percentage, {absolute: …} or {relative: …}")
        }
    }

    private init(percentage text: String, _ decoder: any Decoder) throws {
        guard text.hasSuffix("%"), let percent = Double(text.dropLast().filter { $0 != " " }) else {
            throw corrupted(decoder, "expected a number or a percentage such as 2%, found \(text)")
        }
        self = .relative(percent / 100)
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .absolute(let value):
            var container = encoder.singleValueContainer()
            try container.encode(value)
        case .relative(let value):
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(value, forKey: .relative)
        }
    }

    var value: Double {
        switch self {
        case .absolute(let value), .relative(let value): value
        }
    }

    /// The difference that this allows from `baseline`.
    func amount(of baseline: Double) -> Double {
        switch self {
        case .absolute(let value): value
        case .relative(let value): value * abs(baseline)
        }
    }

    public var description: String {
        switch self {
        case .absolute(let value): shortest(value)
        case .relative(let value): shortest(value * 100) + "%"
        }
    }
}
