import ApusCore
import Glibc
import Testing

@testable import ApusTracking

/// Stores that MLflow itself wrote, see `Oracles/make_sample_store.py`.
@Suite struct GoldenStoreTests {
    private static let names = ["store-3.17.2", "store-2.22.5"]

    private func open(_ name: String) throws -> (TrackingStore, TemporaryFolder) {
        let copy = try TemporaryFolder()
        try copyTree(testFolder + "/Oracles/Goldens/" + name, to: copy.path)
        try makeEmptyFolders(copy.path + "/mlruns")
        return (try TrackingStore(root: copy.path + "/mlruns", creatingIfMissing: false), copy)
    }

    /// git keeps no empty folders, and MLflow's runs have some.
    private func makeEmptyFolders(_ root: String) throws {
        let experiments = try FileSystem.names(in: root).filter { $0 != "models" && $0 != ".trash" }
        for run in experiments.flatMap({ Run.folders(in: root + "/" + $0) }) {
            for name in ["metrics", "params", "artifacts"] { try FileSystem.createFolder(run + "/" + name) }
        }
    }

    private func copyTree(_ source: String, to target: String) throws {
        try FileSystem.createFolder(target)
        for name in try FileSystem.names(in: source) {
            let (from, to) = (source + "/" + name, target + "/" + name)
            if FileSystem.isFolder(from) {
                try copyTree(from, to: to)
            } else {
                try FileSystem.writeWhole(FileSystem.read(from), to: to)
            }
        }
    }

    @Test(arguments: names) func `everything is read`(name: String) throws {
        let (store, copy) = try open(name)
        defer { withExtendedLifetime(copy) {} }
        #expect(store.experiments().map(\.name) == ["Default", "Demo exp: 1"])
        #expect(store.experiments(includingDeleted: true).count == 3)
        let summaries = store.runSummaries()
        #expect(summaries.flatMap(\.problems) == [])
        #expect(Set(summaries.map(\.name)) == ["parent: ünï", "child", "deleted"])
        #expect(summaries.first { $0.name == "child" }?.status == .failed)
        #expect(summaries.first { $0.name == "deleted" }?.isDeleted == true)
        let run = try store.run(matching: "parent: ünï")
        #expect(try run.status() == .finished)
        let history = try run.history(of: "val/acc").map(\.value.description)
        #expect(history == ["0.5", "0.25", "nan", "inf", "-inf", "1e-300", "0.1"])
        #expect(try run.metrics()["loss"]?.step == 1_000_000_000_000_000)
        #expect(try run.parameters() == ["opt/beta 1": "0.9", "empty": "", "text": "ünï\nline"])
        #expect(try run.tags()["a/b"] == "line\nline")
        #expect(try run.artifacts() == ["notes/hello.txt"])
        let dataset = try #require(try run.datasets().first)
        #expect(dataset.name == "train ds" && dataset.digest == "39eb0db5" && dataset.context == "training")
        #expect(dataset.source == #"{"uri": "/data/train"}"# && dataset.profile == #"{"n": 3}"#)
        let registry = ModelRegistry(store)
        #expect(registry.names() == ["reg"])
        #expect(try registry.versions(of: "reg").map(\.version) == [1])
        #expect(registry.aliases(of: "reg") == ["champion": 1])
        #expect(registry.nextVersion(of: "reg") == 3)
    }

    @Test(arguments: names) func `everything is written on`(name: String) throws {
        let (store, copy) = try open(name)
        let run = try store.run(matching: "child")
        try run.resume()
        try run.log(metrics: ["m": 9], step: 9)
        try run.setTag(RunTag.name, "renamed")
        try run.finish()
        #expect(try run.history(of: "m").map(\.step) == [0, 1, 2, 3, 4, 9])
        #expect(try run.status() == .finished)
        #expect(try run.name() == "renamed")
        let registry = ModelRegistry(store)
        #expect(try registry.register(name: "reg", versionFolder: copy.path) == 3)
        try registry.setAlias("champion", of: "reg", to: 3)
        #expect(try registry.resolve("reg@champion").folder == copy.path)
    }
}
