/// One question held against the evidence.
struct GateJudgement {
    let question: GateQuestion
    let evidence: GateEvidence
    private(set) var row: GateReport.Row
    private let value, reference: Double?
    private let gain: Double
    private let estimate: GainEstimate?
    /// How probable so bad a difference is where the candidate is no worse than the rule allows; `nil` where the
    /// rule does not ask, or is judged by value.
    private(set) var regressionProbability: Double?

    /// One-sided, as a regression lies on one side: what lies beyond a 95 % interval there.
    static let level = 0.025

    private var rule: GateRule { question.rule }

    init(_ question: GateQuestion, _ evidence: GateEvidence) {
        (self.question, self.evidence) = (question, evidence)
        let rule = question.rule
        let value = finite(evidence.candidate[question.name])
        let reference = finite(evidence.baseline?[question.name])
        row = GateReport.Row(
            metric: question.label, candidate: value, baseline: reference, delta: nil, bound: rule.bound,
            basis: .value, verdict: .pass, reason: "")
        (self.value, self.reference) = (value, reference)
        if let value, let reference { row.delta = value - reference }
        guard let value, let reference, rule.comparesToBaseline, let direction = rule.direction else {
            (gain, estimate) = (0, nil)
            return
        }
        gain = direction == .higher ? value - reference : reference - value
        let known = evidence.gain(of: question.name, direction: direction, by: gain)
        estimate = known.estimate
        guard let estimate = known.estimate else { return }
        let interval = estimate.interval
        row.basis = known.basis
        row.interval =
            direction == .higher
            ? interval : ConfidenceInterval(lower: -interval.upper, upper: -interval.lower, level: interval.level)
        regressionProbability = rule.maxRegression.map { estimate.probability(ofAtLeast: -$0.amount(of: reference)) }
    }

    /// Whether the question takes part in the correction for many classes.
    var isCorrected: Bool { question.isPerClass && regressionProbability != nil && !isSkipped }

    /// - Parameter probability: `regressionProbability`, corrected for the number of per-class rules.
    func judged(probability: Double?) -> GateReport.Row {
        var row = row
        row.pValue = probability
        if let fault = rule.fault ?? evidence.fault ?? classFault {
            (row.verdict, row.reason) = (.misconfigured, fault)
        } else if isSkipped, let count = instances {
            (row.verdict, row.reason) = (
                .skipped, "\(count) instances, too few to judge: needs \(question.leastInstances)"
            )
        } else if let fault = sideFault(evidence.candidate, "candidate") ?? baselineFault {
            (row.verdict, row.reason) = (.misconfigured, fault)
        } else {
            let breaches = valueBreaches + differenceBreaches(probability)
            if breaches.contains(where: \.isProved) {
                row.verdict = rule.severity == .fail ? .regression : .warning
            } else if !breaches.isEmpty {
                row.verdict = .warning
            }
            row.reason = breaches.map(\.text).joined(separator: "; ")
        }
        return row
    }

    private var instances: Int? {
        guard let all = evidence.instances else { return nil }
        return question.isPerClass ? question.classIndex.map { all[$0] } : all.reduce(0, +)
    }

    private var isSkipped: Bool { instances.map { $0 < question.leastInstances } ?? false }

    private var classFault: String? {
        guard rule.minInstances != nil, instances == nil, evidence.instances == nil else { return nil }
        return "min_instances needs what was found on each image, and the candidate has numbers alone"
    }

    private var baselineFault: String? {
        guard rule.comparesToBaseline else { return nil }
        guard let baseline = evidence.baseline else { return "there is no baseline to compare with" }
        return sideFault(baseline, "baseline")
    }

    private func sideFault(_ metrics: [String: Double], _ side: String) -> String? {
        let name = question.name
        guard let value = metrics[name] else {
            let hint = nearest(to: name, in: metrics.keys).map { "; the nearest name is \($0)" } ?? ""
            return "the \(side) has no metric \(name)\(hint)"
        }
        return value.isFinite ? nil : "the \(side)'s \(name) is not a finite number"
    }

    private typealias Breach = (isProved: Bool, text: String)

    private var valueBreaches: [Breach] {
        guard let value else { return [] }
        var breaches: [Breach] = []
        if let min = rule.min, value < min - slack(value, min) {
            breaches.append((true, "\(shortest(value)) is below \(shortest(min))"))
        }
        if let max = rule.max, value > max + slack(value, max) {
            breaches.append((true, "\(shortest(value)) is above \(shortest(max))"))
        }
        return breaches
    }

    private func differenceBreaches(_ probability: Double?) -> [Breach] {
        guard let value, let reference, rule.comparesToBaseline else { return [] }
        let slack = slack(value, reference)
        var breaches: [Breach] = []
        if let allowed = rule.maxRegression {
            let bound = -allowed.amount(of: reference) - slack
            if let breach = breach(below: bound, probability) {
                breaches.append((breach, text("worse by \(shortest(-gain)), allowed is \(allowed)", breach)))
            }
        }
        if let wanted = rule.minImprovement {
            let bound = wanted.amount(of: reference) - slack
            if let breach = breach(below: bound, nil) {
                breaches.append((breach, text("better by \(shortest(gain)), wanted is \(wanted)", breach)))
            }
        }
        return breaches
    }

    /// `nil` where the gain reaches the bound, true where it certainly does not, false where that is open.
    private func breach(below bound: Double, _ probability: Double?) -> Bool? {
        guard let estimate else { return gain < bound ? true : nil }
        guard estimate.interval.lower < bound else { return nil }
        return estimate.interval.upper < bound && (probability ?? 0) <= Self.level && mcNemarAgrees
    }

    /// For a rule on the number of right answers, McNemar's test must find them fewer too.
    private var mcNemarAgrees: Bool {
        guard let test = evidence.mcNemar, ["top1", "accuracy"].contains(question.name) else { return true }
        return test.lossProbability <= Self.level
    }

    private func text(_ proved: String, _ isProved: Bool) -> String {
        guard !isProved else { return proved + counts }
        let more = row.basis == .interleaved ? "measurements" : "images"
        return "a breach is neither proved nor excluded: more \(more) would tell\(counts)"
    }

    private var counts: String {
        guard let test = evidence.mcNemar, ["top1", "accuracy"].contains(question.name) else { return "" }
        return " (McNemar: \(test.lost) lost, \(test.gained) gained, p \(shortest(test.pValue)))"
    }
}

/// What rounding may do to a difference: 0.80 − 0.78 must not exceed 0.02.
private func slack(_ a: Double, _ b: Double) -> Double { 1e-12 * max(abs(a), abs(b), 1e-3) }

private func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
