import ApusConfiguration
import ApusCore
import Glibc
import Testing

@testable import ApusTracking

@Suite struct TrackingStoreTests {
    private let folder: TemporaryFolder
    private let store: TrackingStore

    init() throws {
        folder = try TemporaryFolder()
        store = try folder.store()
    }

    @Test func `a new store holds the default experiment`() throws {
        #expect(store.experiments().map(\.name) == ["Default"])
        #expect(store.experiments().map(\.id) == ["0"])
        #expect(throws: TrackingError.self) { try TrackingStore(root: folder.path + "/none", creatingIfMissing: false) }
    }

    @Test func `two at once make one experiment and one store`() throws {
        let root = folder.path + "/fresh/mlruns"
        let ids = Mutex(Set<String>())
        parallelFor(8, threads: 8) { _ in
            let id = (try? TrackingStore(root: root).experiment(named: "same", tags: ["k": "v"]).id) ?? "failed"
            _ = ids.withLock { $0.insert(id) }
        }
        #expect(ids.withLock { $0.count } == 1)
        let store = try TrackingStore(root: root)
        #expect(store.experiments().map(\.name) == ["Default", "same"])
        #expect(try store.experiment(named: "same").tags() == ["k": "v"])
    }

    @Test(arguments: ["demo", "a: b #c", "no", "1e5", "ünï \u{1F600}", "\"q\"", "tab\there", "0x1f", "null"])
    func `any name comes back`(name: String) throws {
        let experiment = try store.experiment(named: name)
        #expect(try store.experiment(named: name) == experiment)
        let run = try store.createRun(in: experiment, name: name)
        #expect(try store.run(id: run.id).name() == name)
        #expect(store.check().isEmpty)
    }

    @Test func `runs are found by id, its beginning, their name, or as the latest`() throws {
        let experiment = try store.experiment(named: "demo")
        let first = try store.createRun(in: experiment, name: "same")
        usleep(3000)
        let second = try store.createRun(in: experiment, name: "same")
        #expect(try store.run(matching: first.id).id == first.id)
        #expect(try store.run(matching: String(first.id.prefix(12))).id == first.id)
        #expect(try store.run(matching: "same").id == second.id)
        #expect(try store.run(matching: "latest").id == second.id)
        for text in ["other", "", "../..", "tags"] {
            #expect(throws: TrackingError.self) { try store.run(matching: text) }
        }
    }

    @Test func `opening repairs what a killed process left`() throws {
        let run = try store.createRun(in: store.experiment(named: "demo"))
        try run.log(metrics: ["torn": 0.5, "whole": 1], step: 1)
        try append("1795352674684 0.2", to: run.folder + "/metrics/torn")
        try append("", to: run.folder + "/metrics/empty")
        #expect(store.check().count == 2)
        let reopened = try folder.store()
        #expect(reopened.check().isEmpty)
        #expect(try run.history(of: "torn").map(\.value) == [0.5])
        try run.log(metrics: ["torn": 0.7], step: 2)
        #expect(try run.history(of: "torn").map(\.value) == [0.5, 0.7])
    }

    @Test func `a damaged run is reported and the others are listed`() throws {
        let experiment = try store.experiment(named: "demo")
        let runs = try (0..<4).map { try store.createRun(in: experiment, name: "run \($0)") }
        try FileSystem.writeWhole("run_id: [", to: runs[0].folder + "/meta.yaml")
        try FileSystem.writeWhole("", to: runs[1].folder + "/meta.yaml")
        try append("garbage\n", to: runs[2].folder + "/metrics/m")
        mkdir(experiment.folder + "/stray", 0o777)
        let summaries = store.runSummaries()
        #expect(summaries.count == 5)
        #expect(summaries.filter { $0.problems.isEmpty }.map(\.name) == ["run 3"])
        #expect(store.check().allSatisfy { $0.severity == .error })
        #expect(throws: TrackingError.self) { try runs[0].status() }
    }

    @Test func `a run whose process is gone is called abandoned`() throws {
        let run = try store.createRun(in: store.experiment(named: "demo"))
        #expect(store.runSummaries().first?.isAbandoned == false)
        var gone = ProcessMark.current
        gone.start = "1"
        try run.setTag(RunTag.process, gone.description)
        #expect(store.runSummaries().first?.isAbandoned == true)
        #expect(store.check().map(\.severity) == [.warning])
        try run.finish(.killed)
        #expect(store.runSummaries().first?.isAbandoned == false)
    }

    @Test func `metadata cut or changed anywhere is an error, never a crash`() throws {
        let run = try store.createRun(in: store.experiment(named: "demo"))
        let path = run.folder + "/meta.yaml"
        let bytes = try FileSystem.read(path)
        for end in 0..<bytes.count {
            try FileSystem.writeWhole(Array(bytes[..<end]), to: path)
            _ = store.runSummaries()
        }
        for sample in 0..<300 {
            var stream = RandomStream(seed: 3, epoch: 0, sample: sample, purpose: 0)
            var changed = bytes
            for _ in 0..<4 {
                let place = Int.random(in: 0..<changed.count, using: &stream)
                changed[place] = UInt8.random(in: 0...255, using: &stream)
            }
            try FileSystem.writeWhole(changed, to: path)
            _ = store.runSummaries()
        }
    }

    @Test func `a store that moved is still read`() throws {
        let run = try store.createRun(in: store.experiment(named: "demo"), parameters: ["a": "1"])
        try run.logArtifact(text: "x", as: "x.txt")
        #expect(rename(folder.path + "/experiments", folder.path + "/moved") == 0)
        let moved = try TrackingStore(root: folder.path + "/moved/mlruns")
        #expect(try moved.run(id: run.id).artifacts() == ["x.txt"])
        #expect(try moved.run(id: run.id).parameters() == ["a": "1"])
        #expect(rename(folder.path + "/moved", folder.path + "/experiments") == 0)
    }

    @Test func `relocation rewrites every path of a moved workspace`() throws {
        let run = try store.createRun(in: store.experiment(named: "demo"), tags: ["note": folder.path])
        try FileSystem.createFolder(folder.path + "/models/net/1")
        try ModelRegistry(store).register(name: "net", versionFolder: folder.path + "/models/net/1", runID: run.id)
        #expect(try store.relocate().isEmpty)
        let moved = try TemporaryFolder()
        removeTree(moved.path)
        #expect(rename(folder.path, moved.path) == 0)
        let store = try moved.store()
        #expect(try store.relocate().count == 4)
        #expect(try store.relocate().isEmpty)
        let meta = try MetaFile(path: "\(store.root)/\(run.experimentID)/\(run.id)/meta.yaml")
        #expect(try meta.text("artifact_uri") == "file://\(store.root)/\(run.experimentID)/\(run.id)/artifacts")
        #expect(try ModelRegistry(store).version(1, of: "net").folder == moved.path + "/models/net/1")
        #expect(try store.run(id: run.id).tags()["note"] == folder.path)
    }
}
