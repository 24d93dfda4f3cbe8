/// What a candidate must reach, alone and against a baseline.
///
/// As YAML:
///
///     images: 500
///     rules:
///       - {metric: mAP50, min: 0.5}
///       - {metric: mAP50-95, max_regression: 0.005}
///       - {metric: AP50, classes: all, max_regression: 0.05, min_instances: 20}
///       - {metric: mAP50, slice: dark, max_regression: 2%}
///       - {metric: latency_ms, max_regression: 10%, severity: warn}
///
/// `min` and `max` hold the candidate's value as it was measured against a number. `max_regression` and
/// `min_improvement` ask for a difference: where both sides' matches are known it has a 95 % interval, a rule fails
/// only where the whole interval is beyond the bound, and warns where the interval holds the bound.
public struct GateRules: Codable, Hashable, Sendable {
    public var rules: [GateRule]
    /// Fewer images than these leave the question open.
    public var images: Int?
    /// Of the bootstrap.
    public var seed: UInt64
    /// How often the bootstrap draws.
    public var draws: Int

    public init(rules: [GateRule], images: Int? = nil, seed: UInt64 = 0, draws: Int = 1000) {
        (self.rules, self.images, self.seed, self.draws) = (rules, images, seed, draws)
    }

    enum CodingKeys: String, CodingKey, CaseIterable { case rules, images, seed, draws }

    public init(from decoder: any Decoder) throws {
        try refuseUnknownKeys(decoder, known: CodingKeys.allCases.map(\.rawValue))
        let container = try decoder.container(keyedBy: CodingKeys.self)
        rules = try container.decode([GateRule].self, forKey: .rules)
        images = try container.decodeIfPresent(Int.self, forKey: .images)
        seed = try container.decodeIfPresent(UInt64.self, forKey: .seed) ?? 0
        draws = try container.decodeIfPresent(Int.self, forKey: .draws) ?? 1000
        guard images ?? 1 > 0 else { throw corrupted(decoder, "images is below 1", at: CodingKeys.images) }
        guard (200...100_000).contains(draws) else {
            throw corrupted(decoder, "draws is \(draws), expected 200 to 100000", at: CodingKeys.draws)
        }
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
    /// The classes that the metric is taken of, as `AP50` of `AP50/shirt`; `nil` for the metric itself.
    public var classes: ClassSelection?
    /// The part of the images that the metric is taken on; `nil` for all.
    public var slice: String?
    /// The candidate's value must not be below.
    public var min: Double?
    /// The candidate's value must not be above.
    public var max: Double?
    /// How much worse than the baseline the candidate may be: a drop of just this much passes.
    public var maxRegression: Tolerance?
    /// How much better than the baseline the candidate must be at least.
    public var minImprovement: Tolerance?
    /// What has fewer objects (of the class, on the slice) is not judged; 10 where the rule is for every class.
    public var minInstances: Int?
    /// Which way the metric gets better, where its name does not tell.
    public var better: MetricDirection?
    public var severity: Severity

    public init(
        metric: String, classes: ClassSelection? = nil, slice: String? = nil, min: Double? = nil, max: Double? = nil,
        maxRegression: Tolerance? = nil, minImprovement: Tolerance? = nil, minInstances: Int? = nil,
        better: MetricDirection? = nil, severity: Severity = .fail
    ) {
        (self.metric, self.classes, self.slice) = (metric, classes, slice)
        (self.min, self.max, self.minInstances) = (min, max, minInstances)
        (self.maxRegression, self.minImprovement) = (maxRegression, minImprovement)
        (self.better, self.severity) = (better, severity)
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case metric, classes, slice, min, max, better, severity
        case `class`
        case maxRegression = "max_regression"
        case minImprovement = "min_improvement"
        case minInstances = "min_instances"
    }

    public init(from decoder: any Decoder) throws {
        try refuseUnknownKeys(decoder, known: CodingKeys.allCases.map(\.rawValue))
        let container = try decoder.container(keyedBy: CodingKeys.self)
        metric = try container.decode(String.self, forKey: .metric)
        classes = try container.decodeIfPresent(ClassSelection.self, forKey: .classes)
        if let name = try container.decodeIfPresent(String.self, forKey: .class) {
            guard classes == nil else { throw corrupted(decoder, "give class or classes, not both") }
            classes = .named(name)
        }
        slice = try container.decodeIfPresent(String.self, forKey: .slice)
        min = try container.decodeIfPresent(Double.self, forKey: .min)
        max = try container.decodeIfPresent(Double.self, forKey: .max)
        maxRegression = try container.decodeIfPresent(Tolerance.self, forKey: .maxRegression)
        minImprovement = try container.decodeIfPresent(Tolerance.self, forKey: .minImprovement)
        minInstances = try container.decodeIfPresent(Int.self, forKey: .minInstances)
        better = try container.decodeIfPresent(MetricDirection.self, forKey: .better)
        severity = try container.decodeIfPresent(Severity.self, forKey: .severity) ?? .fail
        guard minInstances ?? 0 >= 0 else {
            throw corrupted(decoder, "min_instances is below 0", at: CodingKeys.minInstances)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(metric, forKey: .metric)
        switch classes {
        case .named(let name)?: try container.encode(name, forKey: .class)
        case .all?: try container.encode(ClassSelection.all, forKey: .classes)
        case nil: break
        }
        try container.encodeIfPresent(slice, forKey: .slice)
        try container.encodeIfPresent(min, forKey: .min)
        try container.encodeIfPresent(max, forKey: .max)
        try container.encodeIfPresent(maxRegression, forKey: .maxRegression)
        try container.encodeIfPresent(minImprovement, forKey: .minImprovement)
        try container.encodeIfPresent(minInstances, forKey: .minInstances)
        try container.encodeIfPresent(better, forKey: .better)
        try container.encode(severity, forKey: .severity)
    }
}

/// The classes that a rule is for: `class: NAME` or `classes: all`.
public enum ClassSelection: Codable, Hashable, Sendable {
    case named(String)
    case all

    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard text == "all" else {
            throw corrupted(decoder, "classes is \(text), expected all; for one class write class: \(text)")
        }
        self = .all
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .named(let name): try container.encode(name)
        case .all: try container.encode("all")
        }
    }
}
