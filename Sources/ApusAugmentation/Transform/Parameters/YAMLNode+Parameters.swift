import ApusConfiguration

// What a parameter's value in a file says, with errors that point at it.

extension YAMLNode {
    /// A value that one scalar spells.
    func decoded<T: Decodable>(_ type: T.Type = T.self) throws(ConfigurationError) -> T {
        try Configuration.decode(type, node: self, folder: ".")
    }

    func number(in range: ClosedRange<Double>) throws(ConfigurationError) -> Double {
        let value: Double = try decoded()
        guard range.contains(value) else {
            throw invalid("expected \(range.lowerBound) to \(range.upperBound), found \(value)")
        }
        return value
    }

    func integer(in range: ClosedRange<Int>) throws(ConfigurationError) -> Int {
        let value: Int = try decoded()
        guard range.contains(value) else {
            throw invalid("expected \(range.lowerBound) to \(range.upperBound), found \(value)")
        }
        return value
    }

    func numbers(
        count counts: ClosedRange<Int>, in range: ClosedRange<Double>
    ) throws(ConfigurationError) -> [Double] {
        guard let elements, counts.contains(elements.count) else {
            let count = counts.lowerBound == counts.upperBound ? "\(counts.lowerBound)" : "\(counts)"
            throw invalid("expected a list of \(count) numbers")
        }
        var result: [Double] = []
        for element in elements { result.append(try element.number(in: range)) }
        return result
    }

    func integers(count counts: ClosedRange<Int>, in range: ClosedRange<Int>) throws(ConfigurationError) -> [Int] {
        guard let elements, counts.contains(elements.count) else {
            throw invalid("expected a list of \(counts) whole numbers")
        }
        var result: [Int] = []
        for element in elements { result.append(try element.integer(in: range)) }
        return result
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>() throws(ConfigurationError) -> Choice {
        let text: String = try decoded()
        if let choice = Choice(rawValue: text) { return choice }
        throw unknownName(text, among: Choice.allCases.map(\.rawValue))
    }

    func code<Code: NamedCode>() throws(ConfigurationError) -> Code {
        let text: String = try decoded()
        if let number = Int(text), let code = Code(rawValue: number) { return code }
        if let code = Code.allCases.first(where: { "\($0)" == text }) { return code }
        throw unknownName(text, among: Code.allCases.map { "\($0)" })
    }

    private func unknownName(_ text: String, among names: [String]) -> ConfigurationError {
        invalid(
            "expected one of \(names.joined(separator: ", ")), found '\(text.prefix(60))'",
            remedy: nearestName(to: text, among: names).map { "did you mean '\($0)'?" } ?? "")
    }

    func range(
        single: SingleNumber, in bounds: ClosedRange<Double>
    ) throws(ConfigurationError) -> ClosedRange<Double> {
        let (low, high) = try pair(single: single)
        guard low <= high else { throw invalid("expected [low, high], found [\(low), \(high)]") }
        guard bounds.contains(low), bounds.contains(high) else {
            throw invalid("expected \(bounds.lowerBound) to \(bounds.upperBound), found [\(low), \(high)]")
        }
        return low...high
    }

    func wholeRange(single: SingleNumber, in bounds: ClosedRange<Int>) throws(ConfigurationError) -> ClosedRange<Int> {
        let range = try range(single: single, in: Double(bounds.lowerBound)...Double(bounds.upperBound))
        guard let low = Int(exactly: range.lowerBound), let high = Int(exactly: range.upperBound) else {
            throw invalid("expected whole numbers, found [\(range.lowerBound), \(range.upperBound)]")
        }
        return low...high
    }

    private func pair(single: SingleNumber) throws(ConfigurationError) -> (Double, Double) {
        let all = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
        if elements != nil {
            let numbers = try numbers(count: 2...2, in: all)
            return (numbers[0], numbers[1])
        }
        let number = try number(in: all)
        switch single {
        case .exactly: return (number, number)
        case .symmetric: return (-abs(number), abs(number))
        case .upTo(let low): return (min(low, number), max(low, number))
        case .around(let middle): return (middle - abs(number), middle + abs(number))
        }
    }

    func fill() throws(ConfigurationError) -> Fill {
        let all = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
        return Fill(elements == nil ? [try number(in: all)] : try numbers(count: 1...4096, in: all))
    }

    func axes(
        single: SingleNumber, missing: Double, in bounds: ClosedRange<Double>
    ) throws(ConfigurationError) -> AxisRanges {
        guard let entries else { return AxisRanges(try range(single: single, in: bounds)) }
        if let other = entries.first(where: { $0.key != "x" && $0.key != "y" }) {
            throw ConfigurationError(
                .unknownKey, at: other.position, problem: "unknown key '\(other.key.prefix(60))'",
                remedy: "known keys: x, y")
        }
        return AxisRanges(
            x: try self["x"]?.range(single: single, in: bounds) ?? missing...missing,
            y: try self["y"]?.range(single: single, in: bounds) ?? missing...missing)
    }

    func invalid(_ problem: String, remedy: String = "") -> ConfigurationError {
        ConfigurationError(.invalidValue, at: position, problem: problem, remedy: remedy)
    }
}

// What is written.

extension YAMLNode {
    static let nothing = YAMLNode(.scalar("null", isPlain: true))

    static func number(_ value: Double) -> YAMLNode { encoded(value) }

    static func integer(_ value: Int) -> YAMLNode { YAMLNode(.scalar(String(value), isPlain: true)) }

    static func flag(_ value: Bool) -> YAMLNode { YAMLNode(.scalar(String(value), isPlain: true)) }

    static func text(_ value: String) -> YAMLNode { YAMLNode(.scalar(value, isPlain: false)) }

    static func list(_ values: [YAMLNode]) -> YAMLNode { YAMLNode(.sequence(values)) }

    static func fill(_ value: Fill) -> YAMLNode {
        value.values.count == 1 ? number(value.values[0]) : list(value.values.map(number))
    }

    /// `1.0e-05`, because YAML 1.1 takes `1e-05` for text.
    private static func encoded(_ value: Double) -> YAMLNode {
        let text = "\(value)"
        guard let exponent = text.firstIndex(of: "e"), !text.contains(".") else {
            return YAMLNode(.scalar(text, isPlain: true))
        }
        return YAMLNode(.scalar(text[..<exponent] + ".0" + text[exponent...], isPlain: true))
    }
}
