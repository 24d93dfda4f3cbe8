/// How a gate or one of its rules ended.
public enum GateVerdict: String, Codable, Hashable, Sendable {
    case pass
    /// A rule of severity `warn` was breached.
    case warning
    /// A rule of severity `fail` was breached.
    case regression
    /// The question cannot be answered: a metric is missing, or the two sides are not comparable.
    case misconfigured

    /// 0 for pass and warning, 1 for regression, 2 for misconfigured.
    public var exitCode: Int32 {
        switch self {
        case .pass, .warning: 0
        case .regression: 1
        case .misconfigured: 2
        }
    }

    fileprivate var weight: Int {
        switch self {
        case .pass: 0
        case .warning: 1
        case .regression: 2
        case .misconfigured: 3
        }
    }
}

/// What a gate found, rule by rule.
public struct GateReport: Codable, Hashable, Sendable {
    /// One rule's result.
    public struct Row: Codable, Hashable, Sendable {
        public var metric: String
        /// `nil` where the metric is missing or not a number.
        public var candidate: Double?
        public var baseline: Double?
        /// Candidate − baseline.
        public var delta: Double?
        /// The rule in words, as "≥ 0.5, drop ≤ 2%".
        public var bound: String
        public var verdict: GateVerdict
        public var reason: String
    }

    public var verdict: GateVerdict
    public var rows: [Row]
    /// Why the gate as a whole cannot be trusted; empty otherwise.
    public var problems: [String]

    init(rows: [Row], problems: [String]) {
        self.rows = rows
        self.problems = problems
        let verdicts = rows.map(\.verdict) + (problems.isEmpty ? [] : [.misconfigured])
        let worst = verdicts.max { $0.weight < $1.weight } ?? .misconfigured
        verdict = worst == .warning ? .pass : worst
    }

    public var exitCode: Int32 { verdict.exitCode }
}
