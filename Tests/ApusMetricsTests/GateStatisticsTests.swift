import FoundationEssentials
import Testing
@testable import ApusMetrics

@Suite struct GateStatisticsTests {
    private static let detectors = SimulatedDetectors(classCount: 4)

    private func subject(
        _ name: String, detector: Int, missed: Double = 0, images: Int = 300, set: Int = 0
    ) -> GateSubject {
        let matches = Self.detectors.matches(images: images, set: set, detector: detector, missed: missed)
        let metrics = matches.metrics(weights: Array(repeating: 1, count: images))
        return GateSubject(
            name: name, metrics: metrics.values, identity: ["dataset": "d", "images": "\(images)"], matches: matches,
            slices: [
                ImageSlice(name: "first half", imageIDs: Array(0..<images / 2)),
                ImageSlice(name: "nothing", imageIDs: []),
            ])
    }

    private func verdict(_ rule: GateRule, _ candidate: GateSubject, _ baseline: GateSubject) -> GateReport.Row? {
        GateRules(rules: [rule], draws: 200).evaluate(candidate: candidate, baseline: baseline).rows.first
    }

    private let drop = GateRule(metric: "mAP50-95", maxRegression: .absolute(0.01))

    @Test func `a model passes against itself, without doubt`() {
        let same = subject("a", detector: 0)
        let row = verdict(GateRule(metric: "mAP50-95", maxRegression: .absolute(0)), same, same)
        #expect(row?.verdict == .pass)
        #expect(row?.interval == ConfidenceInterval(lower: 0, upper: 0))
        #expect(row?.basis == .paired)
    }

    @Test func `a large drop is proved, a small one is open`() throws {
        let baseline = subject("baseline", detector: 0)
        let worse = try #require(verdict(drop, subject("worse", detector: 1, missed: 0.3), baseline))
        #expect(worse.verdict == .regression)
        #expect(try #require(worse.interval).upper < -0.01)
        #expect(try #require(worse.pValue) < 0.025)
        let small = subject("few", detector: 1, missed: 0.05, images: 40)
        let open = try #require(verdict(drop, small, subject("baseline", detector: 0, images: 40)))
        #expect(open.verdict == .warning)
        #expect(open.reason.contains("neither proved nor excluded"))
    }

    @Test func `severity warn never stops`() {
        var rule = drop
        rule.severity = .warn
        #expect(
            verdict(rule, subject("worse", detector: 1, missed: 0.3), subject("b", detector: 0))?.verdict == .warning)
    }

    @Test func `an improvement must not be excluded`() {
        let rule = GateRule(metric: "mAP50-95", minImprovement: .absolute(0.02))
        let (good, bad) = (subject("good", detector: 0), subject("bad", detector: 1, missed: 0.3))
        #expect(verdict(rule, good, bad)?.verdict == .pass)
        #expect(verdict(rule, bad, good)?.verdict == .regression)
    }

    @Test func `numbers alone prove less than matches`() throws {
        let candidate = subject("candidate", detector: 1, missed: 0.05)
        var baseline = subject("baseline", detector: 0)
        let paired = try #require(verdict(drop, candidate, baseline)?.interval)
        baseline.matches = nil
        let report = GateRules(rules: [drop], draws: 200).evaluate(candidate: candidate, baseline: baseline)
        let unpaired = try #require(report.rows.first?.interval)
        #expect(report.rows.first?.basis == .unpaired)
        #expect(report.notes.contains { $0.contains("apus gate baseline") })
        #expect(unpaired.upper - unpaired.lower > paired.upper - paired.lower)
    }

    @Test func `every class has its row, and rare ones are left out`() {
        let rule = GateRule(metric: "AP", classes: .all, maxRegression: .absolute(0.02), minInstances: 250)
        let report = GateRules(rules: [rule], draws: 200).evaluate(
            candidate: subject("a", detector: 1), baseline: subject("b", detector: 0))
        #expect(report.rows.map(\.metric) == ["AP/class 0", "AP/class 1", "AP/class 2", "AP/class 3"])
        #expect(report.rows.first?.verdict != .skipped)
        #expect(report.rows.last?.verdict == .skipped)
        #expect(report.rows.last?.reason.contains("too few to judge") == true)
        let all = GateRules(
            rules: [GateRule(metric: "AP", classes: .all, maxRegression: .absolute(1), minInstances: 100_000)])
        #expect(all.evaluate(candidate: subject("a", detector: 1), baseline: subject("b", detector: 0)).exitCode == 2)
    }

    @Test func `a probability of one class is corrected for the others`() throws {
        let (candidate, baseline) = (subject("a", detector: 1, missed: 0.1), subject("b", detector: 0))
        let one = GateRule(metric: "AP", classes: .named("class 0"), maxRegression: .absolute(0))
        let all = GateRule(metric: "AP", classes: .all, maxRegression: .absolute(0))
        let alone = try #require(verdict(one, candidate, baseline)?.pValue)
        let among = try #require(verdict(all, candidate, baseline)?.pValue)
        #expect(among >= alone)
    }

    @Test func `a slice is judged by its own images`() throws {
        let (candidate, baseline) = (subject("a", detector: 1), subject("b", detector: 0))
        let rule = GateRule(metric: "mAP50", slice: "first half", maxRegression: .absolute(0.2))
        let row = try #require(verdict(rule, candidate, baseline))
        #expect(row.metric == "mAP50 (first half)")
        #expect(row.candidate == (try candidate.matches?.metrics(on: candidate.slices[0])["mAP50"]))
        #expect(row.basis == .paired)
    }

    @Test(arguments: [
        GateRule(metric: "mAP50", slice: "first hal", maxRegression: .absolute(0.2)),
        GateRule(metric: "mAP50", slice: "nothing", min: 0),
        GateRule(metric: "AP", classes: .named("class 9"), maxRegression: .absolute(0.2)),
        GateRule(metric: "APP", classes: .all, maxRegression: .absolute(0.2)),
    ])
    func `what is not there fails closed`(rule: GateRule) {
        let report = GateRules(rules: [rule], draws: 200).evaluate(
            candidate: subject("a", detector: 1), baseline: subject("b", detector: 0))
        #expect(report.exitCode == 2)
        #expect(report.rows.allSatisfy { !$0.reason.isEmpty })
    }

    @Test func `too few images, none, and other images are not judged`() {
        let (candidate, baseline) = (subject("a", detector: 1), subject("b", detector: 0))
        let rules = GateRules(rules: [drop], images: 301, draws: 200)
        #expect(rules.evaluate(candidate: candidate, baseline: baseline).problems.count == 1)
        let none = GateSubject(name: "none", metrics: ["mAP50-95": 1], identity: ["images": "0"])
        #expect(GateRules(rules: [drop]).evaluate(candidate: none, baseline: none).exitCode == 2)
        var other = subject("b", detector: 0, images: 200)
        other.identity = candidate.identity
        let report = GateRules(rules: [drop]).evaluate(candidate: candidate, baseline: other)
        #expect(report.problems == ["the images differ: evaluate both on the same images"])
        #expect(report.rows.isEmpty)
    }

    @Test func `what a file cannot say is noted and not compared`() {
        var (candidate, baseline) = (subject("a", detector: 0), subject("b", detector: 0))
        baseline.identity["dataset"] = nil
        baseline.unstated = ["dataset"]
        candidate.identity["dataset"] = "other"
        let report = GateRules(rules: [drop], draws: 200).evaluate(candidate: candidate, baseline: baseline)
        #expect(report.verdict == .pass)
        #expect(report.notes.contains("b does not say its dataset: not compared"))
    }

    @Test func `latency is judged by measurements taken in turns`() throws {
        func timed(_ offset: Double) -> GateSubject {
            let times = (0..<40).map { 10 + offset + Double(($0 * 7) % 5) * 0.1 }
            return GateSubject(
                name: "m", metrics: ["latency_ms": median(times)], identity: [:], measurements: ["latency_ms": times])
        }
        let rule = GateRule(metric: "latency_ms", maxRegression: .relative(0.1))
        #expect(verdict(rule, timed(0), timed(0))?.verdict == .pass)
        let slow = try #require(verdict(rule, timed(2), timed(0)))
        #expect(slow.verdict == .regression)
        #expect(slow.basis == .interleaved)
        #expect(try #require(slow.interval).lower > 1)
    }

    @Test func `right answers are held against McNemar's test`() throws {
        func subject(_ wrong: Range<Int>) throws -> GateSubject {
            var evaluator = ClassificationEvaluator(classNames: ["a", "b"])
            for id in 0..<200 {
                try evaluator.add(imageID: id, probabilities: wrong.contains(id) ? [0, 1] : [1, 0], label: 0)
            }
            let (metrics, matches) = evaluator.evaluateWithMatches()
            return GateSubject(name: "m", metrics: metrics.values, identity: [:], matches: matches)
        }
        let rule = GateRule(metric: "top1", maxRegression: .absolute(0))
        let proved = try #require(verdict(rule, try subject(0..<30), try subject(0..<10)))
        #expect(proved.verdict == .regression)
        #expect(proved.reason.contains("McNemar: 20 lost, 0 gained"))
        // Five more mistakes, none fewer: the bootstrap's interval ends below 0, McNemar's p is 0.03.
        #expect(verdict(rule, try subject(0..<15), try subject(0..<10))?.verdict == .warning)
    }

    @Test func `reports are whole in every form`() throws {
        let report = GateRules(rules: [drop, GateRule(metric: "AP<&\"", min: 0)], draws: 200).evaluate(
            candidate: subject("a <b>", detector: 1), baseline: subject("b", detector: 0))
        #expect(report.text.contains("95 % interval"))
        #expect(report.markdown.contains("| paired bootstrap |"))
        #expect(report.junit.contains("tests=\"2\" failures=\"0\" errors=\"1\""))
        #expect(report.junit.contains("AP&lt;&amp;&quot;"))
        #expect(report.html.contains("a &lt;b&gt; against b"))
        #expect(report.html.contains("<svg class=\"forest\""))
        #expect(!report.html.contains("AP<&"))
        #expect(try JSONDecoder().decode(GateReport.self, from: Data(report.jsonData())) == report)
    }

    @Test func `the gate seldom stops what is no worse, and often what is`() {
        var simulation = GateSimulation(rules: GateSimulation.rules(draws: 200))
        simulation.detectors = SimulatedDetectors(classCount: 3)
        let none = simulation.rates(images: 60, drop: 0, missed: 0, trials: 80)
        #expect(none.overall <= 0.1)
        #expect(none.anyClass <= 0.1)
        let large = simulation.rates(images: 60, drop: 0.1, missed: 0.25, trials: 20)
        #expect(large.overall > 0.5)
    }

    @Test func `rules for classes, slices and images are read and written`() throws {
        let text = """
            {"images": 100, "seed": 3, "draws": 500, "rules": [
            {"metric": "AP50", "class": "shirt", "min": 0.5}, {"metric": "AP", "classes": "all", "max_regression": 0.1,
            "min_instances": 20}, {"metric": "mAP50", "slice": "dark", "max_regression": "2%"}]}
            """
        let rules = try JSONDecoder().decode(GateRules.self, from: Data(text.utf8))
        #expect(rules.images == 100)
        #expect(rules.rules[0].classes == .named("shirt"))
        #expect(
            rules.rules[1]
                == GateRule(
                    metric: "AP", classes: .all, maxRegression: .absolute(0.1), minInstances: 20))
        #expect(rules.rules[2].slice == "dark")
        #expect(try JSONDecoder().decode(GateRules.self, from: JSONEncoder().encode(rules)) == rules)
    }

    @Test(arguments: [
        #"{"rules": [], "images": 0}"#, #"{"rules": [], "draws": 10}"#, #"{"rules": [], "imges": 10}"#,
        #"{"rules": [{"metric": "AP", "classes": "shirt", "min": 0}]}"#,
        #"{"rules": [{"metric": "AP", "class": "a", "classes": "all", "min": 0}]}"#,
        #"{"rules": [{"metric": "AP", "classes": "all", "min_instances": -1, "min": 0}]}"#,
    ])
    func `refuses what makes no sense`(text: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(GateRules.self, from: Data(text.utf8)) }
    }
}
