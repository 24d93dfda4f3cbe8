import ApusCommandSupport
import ApusCore
import ApusMetrics
import ApusTraining
import Foundation
import Testing

/// The gate's own proof: a committed candidate that it must stop, and one that it must let pass.
///
/// `APUS_RECORD_FIXTURES=1 swift test --filter GateFixture` writes the files anew.
@Suite struct GateFixtureTests {
    private static let fixtures = FileSystem.folder(of: #filePath) + "/Oracles/gate"
    private static let isRecording = ProcessInfo.processInfo.environment["APUS_RECORD_FIXTURES"] != nil
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static func evaluation(
        detector: Int, missed: Double = 0, identity: [String: String] = ["dataset": "made up", "images": "200"]
    ) -> StoredEvaluation {
        let detectors = SimulatedDetectors(classCount: 3, objectsPerImage: 2, inventedPerImage: 3)
        let matches = detectors.matches(images: 200, set: 0, detector: detector, missed: missed)
        return StoredEvaluation(
            model: ModelFingerprint(name: "detector \(detector)", sha256: "\(detector)", bytes: 1), identity: identity,
            metrics: matches.metrics(weights: Array(repeating: 1, count: 200)).values, matches: matches)
    }

    @Test(.enabled(if: isRecording)) func `records the fixtures`() throws {
        for (name, detector, missed) in [("baseline", 0, 0.0), ("equal", 1, 0), ("worse", 2, 0.3)] {
            let evaluation = Self.evaluation(detector: detector, missed: missed)
            try FileSystem.writeWhole(try evaluation.jsonData(), to: "\(Self.fixtures)/\(name).json")
        }
    }

    private func gate(_ candidate: String, _ baseline: String, _ options: String...) throws -> Outcome {
        let rules = Self.fixtures + "/rules.yaml"
        return try apus(
            ["gate", rules, "--candidate", candidate, "--baseline", baseline] + options, in: folder.path)
    }

    private func fixture(_ name: String) -> String { "\(Self.fixtures)/\(name).json" }

    private func written(_ evaluation: StoredEvaluation, to name: String) throws -> String {
        try folder.write(String(decoding: try evaluation.jsonData(), as: UTF8.self), to: name)
    }

    @Test func `what must fail fails, in every report`() throws {
        let outcome = try gate(
            fixture("worse"), fixture("baseline"), "--junit", "out/gate.xml", "--report", "out/gate.html", "--quiet")
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("gate: regression"))
        #expect(outcome.output.contains("paired bootstrap"))
        #expect(outcome.errors.isEmpty)
        #expect(try FileSystem.readText(folder.path + "/out/gate.xml").contains("<failure message="))
        #expect(try FileSystem.readText(folder.path + "/out/gate.html").contains("<svg class=\"forest\""))
        let json = try gate(fixture("worse"), fixture("baseline"), "--json")
        #expect(try JSONDecoder().decode(GateReport.self, from: Data(json.output.utf8)).verdict == .regression)
        #expect(try gate(fixture("worse"), fixture("baseline"), "--markdown").output.hasPrefix("**Gate: regression**"))
    }

    @Test func `what must not fail passes`() throws {
        #expect(try gate(fixture("equal"), fixture("baseline")).status == 0)
        let same = try gate(fixture("baseline"), fixture("baseline"))
        #expect(same.status == 0)
        #expect(same.output.hasSuffix("gate: pass\n\n"))
    }

    @Test func `a file that is cut off or changed is a misconfiguration`() throws {
        let text = try FileSystem.readText(fixture("baseline"))
        for (damaged, reason) in [
            (String(text.dropLast(100)), "cut off"), (text.replacing("made up", with: "made ud"), "digest"),
            (text.replacing("apus-evaluation-1", with: "apus-evaluation-9"), "format"), ("", "cut off"),
        ] {
            let outcome = try gate(fixture("equal"), try folder.write(damaged, to: "damaged.json"))
            #expect(outcome.status == 2)
            #expect(outcome.errors.contains(reason), "\(outcome.errors)")
        }
    }

    @Test func `another dataset, too few images and a metric that is no number are misconfigurations`() throws {
        let other = Self.evaluation(detector: 0, identity: ["dataset": "another", "images": "200"])
        let differing = try gate(fixture("equal"), try written(other, to: "other.json"))
        #expect(differing.status == 2)
        #expect(differing.output.contains("dataset differs"))
        var broken = Self.evaluation(detector: 0)
        broken.metrics["mAP50-95"] = .nan
        let unmeasured = try gate(try written(broken, to: "broken.json"), fixture("baseline"))
        #expect(unmeasured.status == 2)
        #expect(unmeasured.output.contains("not a finite number"))
        let few = try folder.write("images: 201\nrules: [{metric: mAP50, min: 0}]", to: "few.yaml")
        #expect(try apus("gate", few, "--candidate", fixture("equal"), in: folder.path).status == 2)
        let unknown = try folder.write("rules: [{metric: AP50, class: class 7, min: 0}]", to: "class.yaml")
        let absent = try apus("gate", unknown, "--candidate", fixture("equal"), in: folder.path)
        #expect(absent.status == 2)
        #expect(absent.output.contains("no metric AP50/class 7"))
    }

    @Test func `an alias moves to no file`() throws {
        try folder.writeWorkspace(splits: [])
        try FileSystem.createFolder(folder.path + "/experiments/mlruns")
        try FileSystem.createFolder(folder.path + "/datasets")
        let outcome = try gate(fixture("equal"), fixture("baseline"), "--promote", "champion", "--workspace", ".")
        #expect(outcome.status == 2)
    }

    @Test func `init writes rules that can be read and a workflow, and keeps what is there`() throws {
        #expect(try apus("gate", "init", "--quiet", in: folder.path).status == 0)
        #expect(FileSystem.exists(folder.path + "/.github/workflows/gate.yml"))
        let rules = folder.path + "/experiments/gate.yaml"
        let outcome = try apus(
            "gate", rules, "--candidate", fixture("equal"), "--baseline", fixture("baseline"), "--json")
        // The fixtures have no model_bytes: the rule on it cannot be judged.
        #expect(outcome.output.contains("has no metric model_bytes") || outcome.status == 0)
        try folder.write("mine", to: "experiments/gate.yaml")
        #expect(try apus("gate", "init", in: folder.path).errors.contains("kept"))
        #expect(try FileSystem.readText(rules) == "mine")
    }

    @Test func `a simulation prints its rates`() throws {
        let outcome = try apus(
            "gate", "simulate", "--images", "20", "--drops", "0", "--trials", "3", "--draws", "200", "--classes", "2",
            "--json", "--quiet")
        #expect(outcome.status == 0)
        let rates = try JSONDecoder().decode([GateSimulation.Rates].self, from: Data(outcome.output.utf8))
        #expect(rates.map(\.images) == [20])
        #expect(try apus("gate", "simulate", "--images", "twenty").status == 2)
        #expect(try apus("gate", "simulate", "--trials", "0").status == 2)
    }
}

/// The gate on models that a workspace has trained.
@Suite struct GateRoadTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.writeExperiment(epochs: 1)
        try folder.write(
            """
            images: 4
            rules:
              - {metric: mAP50-95, max_regression: 0.01}
              - {metric: latency_ms, max_regression: 400%, severity: warn}
              - {metric: model_bytes, max_regression: 1%}
            """, to: "gate.yaml")
    }

    private func gate(_ candidate: String, _ options: String...) throws -> Outcome {
        try apus(
            ["gate", "gate.yaml", "--candidate", candidate, "--baseline", "net/1", "--quiet"] + options,
            in: folder.path)
    }

    private func names(_ path: String) -> [String] {
        (try? FileSystem.names(in: folder.path + "/" + path)) ?? []
    }

    @Test func `registered models are gated, remembered, recorded and promoted`() throws {
        let run = try apus("train", "experiments/tiny.yaml", "--quiet", in: folder.path).output
        #expect(try apus("export", "latest", "--name", "net", "--quiet", in: folder.path).status == 0)

        let first = try gate("net/1", "--promote", "champion")
        #expect(first.status == 0, "\(first.output)\(first.errors)")
        #expect(first.output.contains("interleaved"))
        #expect(try apus("models", "list", in: folder.path).output.contains("champion"))
        let entries = names("experiments/runs/evaluations")
        #expect(entries.count == 1)

        // A run of a gate is no run to go on with.
        let evaluated = try apus("gate", "baseline", "latest", "latest.json", "--quiet", in: folder.path)
        #expect(evaluated.status == 0, "\(evaluated.errors)")
        #expect(try FileSystem.readText(folder.path + "/latest.json").contains(run.prefix(32)))

        // A damaged entry of the cache is told of and replaced.
        let path = folder.path + "/experiments/runs/evaluations/" + entries[0]
        let whole = try FileSystem.readText(path)
        try FileSystem.writeWhole(String(whole.prefix(whole.count / 2)), to: path)
        let second = try gate("net/1")
        #expect(second.status == 0)
        #expect(second.errors.contains("measured again"))
        #expect(try FileSystem.readText(path) == whole)

        // What is no registered version cannot be promoted, and the alias stays.
        #expect(try gate("latest", "--promote", "champion").status == 2)
    }
}
