import ApusConfiguration

/// The values that a search may give one number or word of an experiment: from `low` to `high`, or one of `choices`.
public struct ParameterRange: Defaulted, Validated, Equatable, Sendable {
    public var low: Double?
    public var high: Double?
    /// Only `low`, `low + step`, … up to `high`.
    public var step: Double?
    /// Whether orders of magnitude are alike instead of differences.
    public var log = false
    public var choices: [ParameterChoice]?

    public init() {}

    public init(low: Double, high: Double, step: Double? = nil, log: Bool = false) {
        (self.low, self.high, self.step, self.log) = (low, high, step, log)
    }

    public init(choices: [ParameterChoice]) { self.choices = choices }

    public func problems() -> [ConfigurationProblem] {
        (choices.map(choiceProblems) ?? intervalProblems).compactMap { $0 }
    }

    private func choiceProblems(_ choices: [ParameterChoice]) -> [ConfigurationProblem?] {
        [
            .require(
                "choices", low == nil && high == nil && step == nil && !log,
                expected: "choices alone, or low and high", found: "both"),
            .require("choices", !choices.isEmpty, expected: "a choice at least", found: "none"),
            .require(
                "choices", Set(choices).count == choices.count, expected: "choices that differ", found: "one twice"),
        ]
    }

    private var intervalProblems: [ConfigurationProblem?] {
        guard let low, let high else {
            return [ConfigurationProblem("", expected: "low and high, or choices", found: "neither")]
        }
        return [
            .require("high", high > low, expected: "a number above low, \(low)", found: high),
            .require("low", !log || low > 0, expected: "a number above 0, for log", found: low),
            step.flatMap { .require("step", !log, expected: "no step beside log", found: $0) },
            step.flatMap {
                .require("step", $0 > 0 && $0 <= high - low, expected: "above 0, at most high - low", found: $0)
            },
        ]
    }
}

extension ParameterRange {
    /// What is wrong with the range for a value of the experiment that is a whole number.
    public var wholeProblem: ConfigurationProblem? {
        guard choices == nil else { return nil }
        let numbers = [("low", low), ("high", high), ("step", step)]
        return numbers.lazy.compactMap { key, value in
            value.flatMap {
                .require(
                    key, $0 == $0.rounded() && abs($0) < 0x1p53, expected: "a whole number, as the parameter is one",
                    found: $0)
            }
        }.first
    }

    /// The values that are meant, of a parameter that is a whole number or any.
    public func domain(isWhole: Bool) -> ParameterDomain {
        if let choices { return .choices(choices.map(\.yaml)) }
        let step = isWhole ? step ?? 1 : step
        return .interval(NumericDomain(low: low ?? 0, high: high ?? 0, step: step, isLog: log))
    }
}

/// One value of a parameter, as the file writes it.
public struct ParameterChoice: Codable, Hashable, Sendable {
    public var text: String
    /// Without quotes: perhaps a number or a truth value.
    public var isPlain: Bool

    public init(_ text: String, isPlain: Bool = true) { (self.text, self.isPlain) = (text, isPlain) }

    public init(from decoder: any Decoder) throws {
        let node = try YAMLNode(from: decoder)
        guard case .scalar(let text, let isPlain) = node.content, !node.isNull else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "a choice is a number, a truth value or a word"))
        }
        self.init(text, isPlain: isPlain)
    }

    public func encode(to encoder: any Encoder) throws {
        try YAMLNode(.scalar(text, isPlain: isPlain)).encode(to: encoder)
    }

    /// As a line of YAML.
    public var yaml: String {
        guard !isPlain else { return text }
        let escaped = text.map { character in
            switch character {
            case "\"": "\\\""
            case "\\": "\\\\"
            case "\n": "\\n"
            default: String(character)
            }
        }
        return "\"\(escaped.joined())\""
    }
}
