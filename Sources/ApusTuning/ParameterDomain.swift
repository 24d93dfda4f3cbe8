/// All values of one parameter.
public enum ParameterDomain: Equatable, Sendable {
    case interval(NumericDomain)
    /// Each as a line of YAML.
    case choices([String])

    /// How many values there are; `nil` for a continuum.
    var count: Double? {
        switch self {
        case .interval(let domain): domain.count
        case .choices(let texts): Double(texts.count)
        }
    }

    public func contains(_ text: String) -> Bool {
        switch self {
        case .interval(let domain): Double(text).map { ($0 >= domain.low) && ($0 <= domain.high) } ?? false
        case .choices(let texts): texts.contains(text)
        }
    }

    func random(using generator: inout some RandomNumberGenerator) -> String {
        switch self {
        case .interval(let domain): domain.text(at: generator.unit())
        case .choices(let texts): texts[Int.random(in: texts.indices, using: &generator)]
        }
    }
}

extension NumericDomain {
    /// Whole numbers without a fraction: what counts things is read as such.
    func text(at coordinate: Double) -> String {
        let value = value(at: coordinate)
        let isWhole = step != nil && value == value.rounded() && abs(value) < 0x1p53
        return isWhole ? "\(Int(value))" : "\(value)"
    }
}

extension RandomNumberGenerator {
    /// Uniform in `[0, 1)` with 53 bits.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
}
