/// How a gate or one of its rules ended.
public enum GateVerdict: String, Codable, Hashable, Sendable {
    case pass
    /// There is too little to judge by, as the rule foresees.
    case skipped
    /// A rule of severity `warn` was breached, or a breach is neither proved nor excluded.
    case warning
    /// A rule of severity `fail` was breached.
    case regression
    /// The question cannot be answered: a metric is missing, or the two sides are not comparable.
    case misconfigured

    /// 0 for pass, skipped and warning, 1 for regression, 2 for misconfigured.
    public var exitCode: Int32 {
        switch self {
        case .pass, .skipped, .warning: 0
        case .regression: 1
        case .misconfigured: 2
        }
    }

    fileprivate var weight: Int {
        switch self {
        case .pass, .skipped: 0
        case .warning: 1
        case .regression: 2
        case .misconfigured: 3
        }
    }
}

/// What a gate found, rule by rule.
public struct GateReport: Codable, Hashable, Sendable {
    /// How a rule was judged.
    public enum Basis: String, Codable, Hashable, Sendable {
        /// By the values as they were measured.
        case value
        /// By the paired bootstrap over images of the difference.
        case paired = "paired bootstrap"
        /// By a bootstrap of the candidate alone, the baseline's numbers being all there is of it.
        case unpaired = "unpaired bootstrap"
        /// By measurements taken in turns.
        case interleaved
    }

    /// One rule's result.
    public struct Row: Codable, Hashable, Sendable {
        /// The metric with its class and slice, as `AP50/shirt (dark)`.
        public var metric: String
        /// `nil` where the metric is missing or not a number.
        public var candidate: Double?
        public var baseline: Double?
        /// Candidate − baseline.
        public var delta: Double?
        /// Between which values the true difference lies.
        public var interval: ConfidenceInterval?
        /// How probable so bad a difference is where there is no regression beyond the bound; corrected for the
        /// number of per-class rules.
        public var pValue: Double?
        /// The rule in words, as "≥ 0.5, drop ≤ 2%".
        public var bound: String
        public var basis: Basis
        public var verdict: GateVerdict
        public var reason: String

        enum CodingKeys: String, CodingKey {
            case metric, candidate, baseline, delta, interval, bound, basis, verdict, reason
            case pValue = "p_value"
        }
    }

    public var verdict: GateVerdict
    public var rows: [Row]
    /// Why the gate as a whole cannot be trusted; empty otherwise.
    public var problems: [String]
    /// What a reader must know to trust the verdict.
    public var notes: [String]
    public var candidate: String?
    public var baseline: String?
    /// What both sides were measured on.
    public var identity: [String: String]

    init(
        rows: [Row], problems: [String], notes: [String] = [], candidate: String? = nil, baseline: String? = nil,
        identity: [String: String] = [:]
    ) {
        (self.rows, self.problems, self.notes) = (rows, problems, notes)
        (self.candidate, self.baseline, self.identity) = (candidate, baseline, identity)
        let verdicts = rows.map(\.verdict) + (problems.isEmpty ? [] : [.misconfigured])
        let worst = verdicts.max { $0.weight < $1.weight } ?? .misconfigured
        verdict = worst == .warning || worst == .skipped ? .pass : worst
    }

    public var exitCode: Int32 { verdict.exitCode }
}
