/// What a candidate must reach, alone and against a baseline.
///
/// As YAML:
///
///     rules:
///       - {metric: mAP50, min: 0.5}
///       - {metric: mAP50-95, max_regression: 0.005}
///       - {metric: latency_ms, max_regression: 10%, severity: warn}
public struct GateRules: Codable, Hashable, Sendable {
    public var rules: [GateRule]

    public init(rules: [GateRule]) { self.rules = rules }

    enum CodingKeys: String, CodingKey, CaseIterable { case rules }

    public init(from decoder: any Decoder) throws {
        try refuseUnknownKeys(decoder, known: CodingKeys.allCases.map(\.rawValue))
        rules = try decoder.container(keyedBy: CodingKeys.self).decode([GateRule].self, forKey: .rules)
    }
}

/// The bounds of one metric.
public struct GateRule: Codable, Hashable, Sendable {
    public enum Severity: String, Codable, CaseIterable, Hashable, Sendable {
        /// A breach fails the gate.
        case fail
        /// A breach is reported and the gate passes.
        case warn
    }

    public var metric: String
    /// The candidate's value must not be below.
    public var min: Double?
    /// The candidate's value must not be above.
    public var max: Double?
    /// How much worse than the baseline the candidate may be: a drop of just this much passes.
    public var maxRegression: Tolerance?
    /// How much better than the baseline the candidate must be at least.
    public var minImprovement: Tolerance?
    /// Which way the metric gets better, where its name does not tell.
    public var better: MetricDirection?
    public var severity: Severity

    public init(
        metric: String, min: Double? = nil, max: Double? = nil, maxRegression: Tolerance? = nil,
        minImprovement: Tolerance? = nil, better: MetricDirection? = nil, severity: Severity = .fail
    ) {
        (self.metric, self.min, self.max) = (metric, min, max)
        (self.maxRegression, self.minImprovement) = (maxRegression, minImprovement)
        (self.better, self.severity) = (better, severity)
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case metric, min, max, better, severity
        case maxRegression = "max_regression"
        case minImprovement = "min_improvement"
    }

    public init(from decoder: any Decoder) throws {
        try refuseUnknownKeys(decoder, known: CodingKeys.allCases.map(\.rawValue))
        let container = try decoder.container(keyedBy: CodingKeys.self)
        metric = try container.decode(String.self, forKey: .metric)
        min = try container.decodeIfPresent(Double.self, forKey: .min)
        max = try container.decodeIfPresent(Double.self, forKey: .max)
        maxRegression = try container.decodeIfPresent(Tolerance.self, forKey: .maxRegression)
        minImprovement = try container.decodeIfPresent(Tolerance.self, forKey: .minImprovement)
        better = try container.decodeIfPresent(MetricDirection.self, forKey: .better)
        severity = try container.decodeIfPresent(Severity.self, forKey: .severity) ?? .fail
    }
}

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

/// Any key, to see which ones a file has.
private struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int?
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { (stringValue, self.intValue) = (String(intValue), intValue) }
}

/// A misspelt bound must not pass for no bound, whatever decoder is used.
private func refuseUnknownKeys(_ decoder: any Decoder, known: [String]) throws {
    let keys = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
    guard let unknown = keys.sorted().first(where: { !known.contains($0) }) else { return }
    let hint = nearest(to: unknown, in: known).map { "did you mean \($0)?" }
    throw corrupted(
        decoder, "unknown key \(unknown); " + (hint ?? "known keys: " + known.sorted().joined(separator: ", ")),
        at: AnyKey(stringValue: unknown))
}

private func corrupted(_ decoder: any Decoder, _ description: String, at key: AnyKey? = nil) -> DecodingError {
    let path: [any CodingKey] = decoder.codingPath + (key.map { [$0] } ?? [])
    return .dataCorrupted(.init(codingPath: path, debugDescription: description))
}
