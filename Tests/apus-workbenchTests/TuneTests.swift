import ApusCommandSupport
import ApusCore
import ApusVision
import Foundation
import Testing

/// `apus tune` in a small workspace: a search, one that is broken off, and requests that cannot be carried out.
@Suite struct TuneTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.writeWorkspace(splits: ["train", "val"])
        try write(parameters: "optimizer.lr0: {low: 1e-4, high: 1e-1, log: true}\n    batch_size: {low: 2, high: 4}")
    }

    private func write(parameters: String) throws {
        try folder.write(
            """
            name: tiny
            model: ../models/tiny.yaml
            dataset: ../datasets/squares/dataset.yaml
            image_size: 64
            epochs: 1
            tune:
              trials: 3
              startup_trials: 1
              parameters:
                \(parameters)
            """, to: "experiments/tiny.yaml")
    }

    private func tune(_ words: String...) throws -> Outcome {
        try apus(["tune", "--quiet"] + words, in: folder.path)
    }

    /// The folders of runs, by the trial that they are of; the search's is under the empty name.
    private func runs() throws -> [String: [String]] {
        let store = folder.path + "/experiments/mlruns"
        var runs: [String: [String]] = [:]
        for experiment in try FileSystem.names(in: store) where experiment != "0" {
            for name in (try? FileSystem.names(in: "\(store)/\(experiment)")) ?? [] {
                let run = "\(store)/\(experiment)/\(name)"
                guard FileSystem.exists(run + "/meta.yaml") else { continue }
                runs[(try? FileSystem.readText(run + "/tags/apus.tune.trial")) ?? "", default: []].append(run)
            }
        }
        return runs
    }

    /// What a search found, without what differs from search to search.
    private func table(_ run: String) throws -> [String] {
        try FileSystem.readText(run + "/artifacts/tune/trials.csv").split(separator: "\n").map { line in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            return fields.enumerated().filter { $0.offset != 4 }.map { String($0.element) }.joined(separator: ",")
        }
    }

    @Test func `a search ends in a configuration that can be trained`() throws {
        let outcome = try tune("experiments/tiny.yaml")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.isEmpty)
        let tuned = outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(try !FileSystem.readText(tuned).contains("tune:"))
        let found = try runs()
        #expect(found.keys.sorted() == ["", "1", "2", "3"])
        let search = try #require(found[""]?.first)
        for trial in 1...3 {
            let parent = try FileSystem.readText("\(found["\(trial)"]?.first ?? "")/tags/mlflow.parentRunId")
            #expect(parent == FileSystem.fileName(of: search))
        }
        #expect(try apus("train", tuned, "--quiet", in: folder.path).status == 0)
    }

    @Test func `a search that was killed goes on as if it had not been`() throws {
        #expect(try tune("experiments/tiny.yaml").status == 0)
        let whole = try #require(try runs()[""]?.first)
        let expected = try table(whole)
        try FileManager.default.removeItem(atPath: folder.path + "/experiments/mlruns")
        #expect(try tune("experiments/tiny.yaml", "--trials", "2").status == 0)
        let search = try #require(try runs()[""]?.first)
        // As a kill in the second trial's last moments leaves it: trained, and not noted in the search.
        let journal = search + "/artifacts/tune/trials.json"
        let text = try FileSystem.readText(journal)
        let second = try #require(text.range(of: "\"state\" : \"complete\"", options: .backwards))
        try FileSystem.writeWhole(text.replacingCharacters(in: second, with: "\"state\" : \"open\""), to: journal)
        let resumed = try tune("--resume", FileSystem.fileName(of: search), "--trials", "3", "--json")
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(try table(search) == expected)
        #expect(try runs()["2"]?.count == 1)
        let summary = try JSONSerialization.jsonObject(with: Data(resumed.output.utf8)) as? [String: Any]
        #expect((summary?["trials"] as? [Any])?.count == 3)
        let again = try tune("--resume", "latest")
        #expect(again.status == 2 && again.errors.contains("is finished"), "\(again.errors)")
    }

    @Test func `a trial that fails ends no search`() throws {
        try write(parameters: "optimizer.lr0: {choices: [0.001, 1e30]}")
        let outcome = try tune(
            "experiments/tiny.yaml", "tune.trials=2", "epochs=16", "validation.every=16", "optimizer.warmup_epochs=0",
            "optimizer.nominal_batch_size=16", "--json")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains(#""state" : "failed""#), "\(outcome.output)")
    }

    @Test(
        arguments: [
            ("optimizer.lr00: {low: 1, high: 2}", "experiments/tiny.yaml:10:21", "'lr0'"),
            ("optimizer.lr0: {low: 2, high: 1}", "experiments/tiny.yaml:10:", "above low"),
            ("optimizer.lr0: {low: -1, high: 1}", "experiments/tiny.yaml:10:20", "above 0"),
            ("batch_size: {low: 1.5, high: 4}", "experiments/tiny.yaml:10:17", "whole number"),
            ("optimizer.name: {choices: [sgd, adamm]}", "experiments/tiny.yaml:10:21", "'adam'"),
            ("dataset: {choices: [a, b]}", "experiments/tiny.yaml:10:14", "the same for all"),
        ])
    func `a range that is no number's of the experiment is named with its line`(
        parameters: String, place: String, word: String
    ) throws {
        try write(parameters: parameters)
        let outcome = try tune("experiments/tiny.yaml")
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains(place) && outcome.errors.contains(word), "\(outcome.errors)")
        #expect(outcome.errors.split(separator: "\n").count == 1)
    }

    @Test func `a request that says too little or too much ends with 2`() throws {
        #expect(try tune().status == 2)
        #expect(try tune("experiments/tiny.yaml", "--trials", "0").status == 2)
        #expect(try tune("experiments/tiny.yaml", "--resume", "latest").status == 2)
        try write(parameters: "optimizer.lr0: {low: 1, high: 2}")
        let metric = try tune("experiments/tiny.yaml", "tune.metric=mAP")
        #expect(metric.status == 1 && metric.errors.contains("mAP50-95"), "\(metric.errors)")
    }
}
