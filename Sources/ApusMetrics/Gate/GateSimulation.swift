import ApusCore

/// How often a gate stops candidates of a known difference: its false alarms and its power, counted.
public struct GateSimulation: Sendable {
    public var detectors: SimulatedDetectors
    public var rules: GateRules

    public init(detectors: SimulatedDetectors = SimulatedDetectors(), rules: GateRules = Self.rules()) {
        (self.detectors, self.rules) = (detectors, rules)
    }

    /// A rule on mAP50-95, and one on every class.
    public static func rules(tolerance: Double = 0, draws: Int = 1000) -> GateRules {
        GateRules(
            rules: [
                GateRule(metric: "mAP50-95", maxRegression: .absolute(tolerance)),
                GateRule(metric: "AP", classes: .all, maxRegression: .absolute(tolerance)),
            ], draws: draws)
    }

    /// Parts of the trials.
    public struct Rates: Codable, Hashable, Sendable {
        public var images, trials: Int
        /// By which the candidate's mAP50-95 is lower in truth.
        public var drop: Double
        /// The first rule found a regression.
        public var overall: Double
        /// The first rule was open: neither proved nor excluded.
        public var open: Double
        /// A rule of any class found a regression.
        public var anyClass: Double

        enum CodingKeys: String, CodingKey {
            case images, trials, drop, overall, open
            case anyClass = "any_class"
        }
    }

    /// Gates pairs of detectors on sets of images that no other trial has.
    ///
    /// - Parameters:
    ///   - missed: what makes the candidate worse by `drop`, see `SimulatedDetectors.missedPart`.
    ///   - progress: is told after each trial, one at a time.
    public func rates(
        images: Int, drop: Double, missed: Double, trials: Int, threads: Int = availableCores,
        progress: @escaping @Sendable () -> Void = {}
    ) -> Rates {
        let reports = parallelMap(trials, threads: threads) { trial in
            defer { progress() }
            return report(images: images, missed: missed, trial: trial)
        }
        func part(_ isCounted: (GateReport) -> Bool) -> Double {
            Double(reports.count(where: isCounted)) / Double(max(trials, 1))
        }
        return Rates(
            images: images, trials: trials, drop: drop, overall: part { $0.rows.first?.verdict == .regression },
            open: part { $0.rows.first?.verdict == .warning },
            anyClass: part { $0.rows.dropFirst().contains { $0.verdict == .regression } })
    }

    private func report(images: Int, missed: Double, trial: Int) -> GateReport {
        func subject(_ name: String, _ detector: Int, _ missed: Double) -> GateSubject {
            let matches = detectors.matches(images: images, set: trial, detector: detector, missed: missed)
            let metrics = matches.metrics(weights: Array(repeating: 1, count: images))
            return GateSubject(name: name, metrics: metrics.values, identity: [:], matches: matches)
        }
        return rules.evaluate(
            candidate: subject("candidate", 1, missed), baseline: subject("baseline", 0, 0), threads: 1)
    }
}
