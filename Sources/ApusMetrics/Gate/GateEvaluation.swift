/// One side of a gate: its numbers and what they were measured on.
public struct GateSubject: Codable, Hashable, Sendable {
    public var name: String
    public var metrics: [String: Double]
    /// What must be the same on both sides for numbers to be comparable, as `dataset`, `split`, `profile`.
    public var identity: [String: String]

    public init(name: String, metrics: [String: Double], identity: [String: String]) {
        (self.name, self.metrics, self.identity) = (name, metrics, identity)
    }

    /// Takes over a detector's numbers; the profile and the number of images become part of the identity.
    public init(name: String, metrics: DetectionMetrics, identity: [String: String]) {
        let measured = ["profile": metrics.profile.rawValue, "images": "\(metrics.imageCount)"]
        self.init(name: name, metrics: metrics.values, identity: identity.merging(measured) { $1 })
    }
}

extension GateRules {
    /// Judges a candidate's numbers; the caller vouches that both sides are comparable.
    public func evaluate(candidate: [String: Double], baseline: [String: Double]?) -> GateReport {
        GateReport(rows: rows(candidate, baseline), problems: problems)
    }

    /// Judges a candidate against a baseline that was measured on the same data in the same way.
    ///
    /// Fails closed: whatever is missing, not a number or different in identity makes the gate misconfigured.
    public func evaluate(candidate: GateSubject, baseline: GateSubject?) -> GateReport {
        let differences = baseline.map { identityProblems(candidate, $0) } ?? []
        return GateReport(rows: rows(candidate.metrics, baseline?.metrics), problems: problems + differences)
    }

    private var problems: [String] { rules.isEmpty ? ["there are no rules, so nothing would be checked"] : [] }

    private func rows(_ candidate: [String: Double], _ baseline: [String: Double]?) -> [GateReport.Row] {
        rules.map { $0.row(candidate: candidate, baseline: baseline) }
    }
}

private func identityProblems(_ candidate: GateSubject, _ baseline: GateSubject) -> [String] {
    Set(candidate.identity.keys).union(baseline.identity.keys).sorted().compactMap { key in
        let (ours, theirs) = (candidate.identity[key], baseline.identity[key])
        guard ours != theirs else { return nil }
        return "\(key) differs: \(candidate.name) has \(ours ?? "none"), \(baseline.name) has \(theirs ?? "none");"
            + " evaluate both on the same \(key)"
    }
}

extension GateRule {
    func row(candidate: [String: Double], baseline: [String: Double]?) -> GateReport.Row {
        let value = number(metric, in: candidate)
        let reference = baseline.flatMap { number(metric, in: $0) }
        var row = GateReport.Row(
            metric: metric, candidate: value, baseline: reference, delta: nil, bound: bound, verdict: .pass, reason: "")
        if let value, let reference { row.delta = value - reference }
        if let fault = ruleFault ?? sideFault(candidate, "candidate") ?? baselineFault(baseline) {
            row.verdict = .misconfigured
            row.reason = fault
        } else if let value, case let breaches = breaches(value, reference), !breaches.isEmpty {
            row.verdict = severity == .fail ? .regression : .warning
            row.reason = breaches.joined(separator: "; ")
        }
        return row
    }

    private var comparesToBaseline: Bool { maxRegression != nil || minImprovement != nil }

    private var direction: MetricDirection? { better ?? MetricDirection(metric: metric) }

    private var bound: String {
        let word = direction == .lower ? ("rise", "drop") : ("drop", "rise")
        return [
            min.map { "≥ " + shortest($0) }, max.map { "≤ " + shortest($0) },
            maxRegression.map { "\(word.0) ≤ \($0)" }, minImprovement.map { "\(word.1) ≥ \($0)" },
        ].compactMap { $0 }.joined(separator: ", ")
    }

    /// Why the rule itself makes no sense.
    private var ruleFault: String? {
        let bounds = [min, max, maxRegression?.value, minImprovement?.value].compactMap { $0 }
        if bounds.isEmpty { return "the rule has no bound; give min, max, max_regression or min_improvement" }
        if bounds.contains(where: { !$0.isFinite }) { return "a bound is not a finite number" }
        if let min, let max, min > max { return "min \(shortest(min)) is above max \(shortest(max))" }
        if let worst = maxRegression?.value, worst < 0 { return "max_regression is below 0; use min_improvement" }
        if let least = minImprovement?.value, least < 0 { return "min_improvement is below 0; use max_regression" }
        if comparesToBaseline && direction == nil {
            return "it is not known whether \(metric) gets better upwards or downwards; add better: higher or lower"
        }
        return nil
    }

    private func baselineFault(_ baseline: [String: Double]?) -> String? {
        guard comparesToBaseline else { return nil }
        guard let baseline else { return "there is no baseline to compare with" }
        return sideFault(baseline, "baseline")
    }

    private func sideFault(_ metrics: [String: Double], _ side: String) -> String? {
        guard let value = metrics[metric] else {
            let hint = nearest(to: metric, in: metrics.keys).map { "; the nearest name is \($0)" } ?? ""
            return "the \(side) has no metric \(metric)\(hint)"
        }
        return value.isFinite ? nil : "the \(side)'s \(metric) is not a finite number"
    }

    private func breaches(_ value: Double, _ reference: Double?) -> [String] {
        var breaches: [String] = []
        if let min, value < min - slack(value, min) { breaches.append("\(shortest(value)) is below \(shortest(min))") }
        if let max, value > max + slack(value, max) { breaches.append("\(shortest(value)) is above \(shortest(max))") }
        guard let reference, let direction else { return breaches }
        let gain = direction == .higher ? value - reference : reference - value
        let slack = slack(value, reference)
        if let allowed = maxRegression, -gain > allowed.amount(of: reference) + slack {
            breaches.append("worse by \(shortest(-gain)), allowed is \(allowed)")
        }
        if let wanted = minImprovement, gain < wanted.amount(of: reference) - slack {
            breaches.append("better by \(shortest(gain)), wanted is \(wanted)")
        }
        return breaches
    }
}

/// What rounding may do to a difference: 0.80 − 0.78 must not exceed 0.02.
private func slack(_ a: Double, _ b: Double) -> Double { 1e-12 * max(abs(a), abs(b), 1e-3) }

private func number(_ name: String, in metrics: [String: Double]) -> Double? {
    metrics[name].flatMap { $0.isFinite ? $0 : nil }
}

/// The name with the fewest edits, where at most half of it differs.
func nearest(to name: String, in names: some Collection<String>) -> String? {
    let ranked = names.map { (editDistance($0, name), $0) }.min { $0 < $1 }
    return ranked.flatMap { $0.0 * 2 <= name.count ? $0.1 : nil }
}

private func editDistance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a), Array(b))
    var row = Array(0...b.count)
    for (i, left) in a.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, right) in b.enumerated() {
            let above = row[j + 1]
            row[j + 1] = min(above + 1, row[j] + 1, diagonal + (left == right ? 0 : 1))
            diagonal = above
        }
    }
    return row[b.count]
}

/// Up to six significant decimals, without trailing zeros.
func shortest(_ value: Double) -> String {
    guard abs(value) < 1e12 else { return "\(value)" }
    let rounded = (value * 1e6).rounded() / 1e6
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
}
