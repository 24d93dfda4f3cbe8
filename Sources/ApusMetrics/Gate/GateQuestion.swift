/// A rule for one class, or for none, on one part of the images.
struct GateQuestion {
    var rule: GateRule
    /// The class's place among the class names, where the sides know them.
    var classIndex: Int?
    /// As the metrics call it: `AP50/shirt`.
    var name: String

    /// With its slice, for people.
    var label: String { rule.slice.map { "\(name) (\($0))" } ?? name }

    /// Whether it is one of many that are asked of each class.
    var isPerClass: Bool { rule.classes != nil }

    var leastInstances: Int { rule.minInstances ?? (rule.classes == .all ? 10 : 0) }
}

extension GateRule {
    /// The rule for each class that it is for.
    ///
    /// - Parameter subject: names the classes: those of its matches, or of its metrics `METRIC/CLASS`.
    func questions(of subject: GateSubject) -> [GateQuestion] {
        let known = subject.matches?.classNames
        switch classes {
        case nil: return [GateQuestion(rule: self, name: metric)]
        case .named(let name)?:
            return [GateQuestion(rule: self, classIndex: known?.firstIndex(of: name), name: "\(metric)/\(name)")]
        case .all?:
            let prefix = metric + "/"
            let named =
                known
                ?? subject.metrics.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
                .sorted()
            return named.enumerated().map { index, name in
                GateQuestion(rule: self, classIndex: known == nil ? nil : index, name: prefix + name)
            }
        }
    }

    var comparesToBaseline: Bool { maxRegression != nil || minImprovement != nil }

    var direction: MetricDirection? { better ?? MetricDirection(metric: metric) }

    var bound: String {
        let word = direction == .lower ? ("rise", "drop") : ("drop", "rise")
        return [
            min.map { "≥ " + shortest($0) }, max.map { "≤ " + shortest($0) },
            maxRegression.map { "\(word.0) ≤ \($0)" }, minImprovement.map { "\(word.1) ≥ \($0)" },
        ].compactMap { $0 }.joined(separator: ", ")
    }

    /// Why the rule itself makes no sense.
    var fault: String? {
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
}
