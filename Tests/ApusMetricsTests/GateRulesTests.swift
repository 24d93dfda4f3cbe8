import FoundationEssentials
import Testing
@testable import ApusMetrics

@Suite struct GateRulesTests {
    private func verdict(
        _ rule: GateRule, _ candidate: [String: Double], _ baseline: [String: Double]? = nil
    ) -> GateVerdict {
        GateRules(rules: [rule]).evaluate(candidate: candidate, baseline: baseline).verdict
    }

    @Test func `a bound includes its own value`() {
        #expect(verdict(GateRule(metric: "mAP50", min: 0.5), ["mAP50": 0.5]) == .pass)
        #expect(verdict(GateRule(metric: "mAP50", min: 0.5), ["mAP50": 0.4999]) == .regression)
        #expect(verdict(GateRule(metric: "latency_ms", max: 20), ["latency_ms": 20]) == .pass)
        #expect(verdict(GateRule(metric: "latency_ms", max: 20), ["latency_ms": 20.1]) == .regression)
    }

    @Test(arguments: [(0.78, GateVerdict.pass), (0.9, .pass), (0.8, .pass), (0.7799, .regression)])
    func `a drop of just the tolerance passes`(candidate: Double, expected: GateVerdict) {
        let rule = GateRule(metric: "mAP50", maxRegression: .absolute(0.02))
        #expect(verdict(rule, ["mAP50": candidate], ["mAP50": 0.80]) == expected)
    }

    @Test(arguments: [(102.0, GateVerdict.pass), (80.0, .pass), (102.1, .regression)])
    func `lower is better for latency`(candidate: Double, expected: GateVerdict) {
        let rule = GateRule(metric: "latency_ms", maxRegression: .relative(0.02))
        #expect(verdict(rule, ["latency_ms": candidate], ["latency_ms": 100]) == expected)
    }

    @Test func `an improvement must be reached`() {
        let rule = GateRule(metric: "F1", minImprovement: .absolute(0.01))
        #expect(verdict(rule, ["F1": 0.81], ["F1": 0.80]) == .pass)
        #expect(verdict(rule, ["F1": 0.80], ["F1": 0.80]) == .regression)
    }

    @Test func `a warning is reported and passes`() {
        let rules = GateRules(rules: [GateRule(metric: "recall", min: 0.9, severity: .warn)])
        let report = rules.evaluate(candidate: ["recall": 0.5], baseline: nil)
        #expect(report.rows[0].verdict == .warning)
        #expect(report.verdict == .pass)
        #expect(report.exitCode == 0)
        #expect(report.text.contains("gate: pass, with warnings"))
    }

    @Test(arguments: [
        GateRule(metric: "mAP50"), GateRule(metric: "missing", min: 0), GateRule(metric: "nan", min: 0),
        GateRule(metric: "mAP50", min: 2, max: 1), GateRule(metric: "mAP50", min: .nan),
        GateRule(metric: "mAP50", maxRegression: .absolute(-0.1)),
        GateRule(metric: "strange", maxRegression: .absolute(1)),
        GateRule(metric: "only candidate AP", maxRegression: .absolute(1)),
        GateRule(metric: "missing", min: 0, severity: .warn),
    ])
    func `fails closed`(rule: GateRule) {
        let candidate = ["mAP50": 0.9, "nan": .nan, "strange": 1, "only candidate AP": 1]
        let report = GateRules(rules: [rule]).evaluate(candidate: candidate, baseline: ["mAP50": 0.9, "strange": 1])
        #expect(report.verdict == .misconfigured)
        #expect(report.exitCode == 2)
        #expect(!report.rows[0].reason.isEmpty)
    }

    @Test func `no rules and no baseline are misconfigured`() {
        #expect(GateRules(rules: []).evaluate(candidate: ["a": 1], baseline: ["a": 1]).verdict == .misconfigured)
        let rule = GateRule(metric: "mAP50", maxRegression: .absolute(0.1))
        #expect(verdict(rule, ["mAP50": 1]) == .misconfigured)
    }

    @Test func `misconfigured weighs more than a regression`() {
        let rules = GateRules(rules: [GateRule(metric: "mAP50", min: 1), GateRule(metric: "mAP5", min: 0)])
        let report = rules.evaluate(candidate: ["mAP50": 0], baseline: nil)
        #expect(report.rows.map(\.verdict) == [.regression, .misconfigured])
        #expect(report.verdict == .misconfigured)
        #expect(report.rows[1].reason.contains("nearest name is mAP50"))
    }

    @Test func `another dataset or profile is not comparable`() {
        let rules = GateRules(rules: [GateRule(metric: "mAP50", maxRegression: .absolute(0.1))])
        func subject(_ identity: [String: String]) -> GateSubject {
            GateSubject(name: "x", metrics: ["mAP50": 0.5], identity: identity)
        }
        let ours = subject(["dataset": "a", "profile": "coco"])
        #expect(rules.evaluate(candidate: ours, baseline: ours).verdict == .pass)
        let others = [
            ["dataset": "b", "profile": "coco"], ["dataset": "a"], ["dataset": "a", "profile": "coco", "q": ""],
        ]
        for other in others {
            let report = rules.evaluate(candidate: ours, baseline: subject(other))
            #expect(report.verdict == .misconfigured)
            #expect(report.problems.count == 1)
        }
    }

    @Test func `reads tolerances in each form`() throws {
        let text = """
            {"rules": [{"metric": "a", "max_regression": 0.5}, {"metric": "a", "max_regression": "2 %"},
            {"metric": "a", "min_improvement": {"relative": 0.25}}, {"metric": "a", "min_improvement": {"absolute": 1}},
            {"metric": "a", "min": 1, "max": 2, "severity": "warn", "better": "lower"}]}
            """
        let rules = try JSONDecoder().decode(GateRules.self, from: Data(text.utf8))
        #expect(rules.rules[0].maxRegression == .absolute(0.5))
        #expect(rules.rules[1].maxRegression == .relative(0.02))
        #expect(rules.rules[2].minImprovement == .relative(0.25))
        #expect(rules.rules[3].minImprovement == .absolute(1))
        #expect(rules.rules[4] == GateRule(metric: "a", min: 1, max: 2, better: .lower, severity: .warn))
        #expect(try JSONDecoder().decode(GateRules.self, from: JSONEncoder().encode(rules)) == rules)
    }

    @Test(arguments: [
        "{\"rules\": [{\"metric\": \"a\", \"max_regresion\": 1}]}", "{\"rules\": [{\"min\": 1}]}", "{}",
        "{\"rules\": [{\"metric\": \"a\", \"max_regression\": \"much\"}]}", "{\"rule\": [], \"rules\": []}",
        "{\"rules\": [{\"metric\": \"a\", \"max_regression\": {\"relative\": 1, \"absolute\": 1}}]}",
        "{\"rules\": [{\"metric\": \"a\", \"max_regression\": {\"percent\": 1}}]}",
        "{\"rules\": [{\"metric\": \"a\", \"min\": 1, \"severity\": \"fatal\"}]}",
    ])
    func `refuses misspelt rules`(text: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(GateRules.self, from: Data(text.utf8)) }
    }

    @Test func `a misspelt bound names the nearest key and its place`() throws {
        let text = "{\"rules\": [{\"metric\": \"a\", \"max_regresion\": 1}]}"
        do {
            _ = try JSONDecoder().decode(GateRules.self, from: Data(text.utf8))
            Issue.record("read a misspelt key")
        } catch DecodingError.dataCorrupted(let context) {
            #expect(context.debugDescription == "unknown key max_regresion; did you mean max_regression?")
            #expect(context.codingPath.last?.stringValue == "max_regresion")
        }
    }

    @Test func `a detector's profile and image count are part of its identity`() {
        let metrics = DetectionEvaluator(classNames: ["a"], profile: .ultralytics82).evaluate()
        let subject = GateSubject(name: "m", metrics: metrics, identity: ["dataset": "d"])
        #expect(subject.identity == ["dataset": "d", "profile": "ultralytics-8.2", "images": "0"])
    }

    @Test func `shows a row per rule in text, Markdown and JSON`() throws {
        let rules = GateRules(rules: [
            GateRule(metric: "mAP50", min: 0.5, maxRegression: .relative(0.01)), GateRule(metric: "AP/a|b", min: 0),
        ])
        let report = rules.evaluate(candidate: ["mAP50": 0.75, "AP/a|b": 1], baseline: ["mAP50": 0.8])
        #expect(
            report.text
                == """
                metric  candidate  baseline  delta  bound            verdict     reason
                mAP50   0.75       0.8       -0.05  ≥ 0.5, drop ≤ 1%  regression  worse by 0.05, allowed is 1%
                AP/a|b  1          –         –      ≥ 0              pass
                gate: regression

                """.replacing("bound            verdict", with: "bound             verdict")
                .replacing("≥ 0              pass", with: "≥ 0               pass"))
        #expect(report.markdown.contains("| AP/a\\|b | 1 | – | – | ≥ 0 | pass |  |"))
        #expect(try JSONDecoder().decode(GateReport.self, from: Data(report.jsonData())) == report)
    }

    @Test(arguments: [
        ("mAP50-95", MetricDirection.higher), ("AP/cat", .higher), ("train/box_loss", .lower), ("latency_ms", .lower),
        ("model_size", .lower), ("AR-100", .higher),
    ])
    func `knows which way a metric gets better`(metric: String, direction: MetricDirection) {
        #expect(MetricDirection(metric: metric) == direction)
    }
}
