import ApusCore
import Glibc
import Testing

@testable import ApusTracking

@Suite struct GarbageTests {
    private let folder: TemporaryFolder
    private let store: TrackingStore
    private let experiment: Experiment

    init() throws { (folder, store, experiment) = try TemporaryFolder.withExperiment() }

    private func deletedRun(_ name: String = "gone", in other: TrackingStore? = nil) throws -> Run {
        let run = try (other ?? store).createRun(in: experiment, name: name)
        try run.logArtifact(bytes: [UInt8](repeating: 7, count: 1000), as: "big/file.bin")
        try run.finish()
        try run.delete()
        return run
    }

    @Test func `what is deleted goes, the rest stays`() throws {
        let (gone, kept) = (try deletedRun(), try deletedRun("kept"))
        try kept.restore()
        let garbage = store.garbage()
        #expect(garbage.items.map(\.id) == [gone.id])
        #expect(garbage.items[0].bytes > 1000 && garbage.items[0].files > 1)
        #expect(try store.collect(garbage.items[0]))
        #expect(!FileSystem.exists(gone.folder))
        #expect(try kept.artifacts() == ["big/file.bin"])
        #expect(try !store.collect(garbage.items[0]))
        #expect(store.garbage() == Garbage())
        #expect(try FileSystem.names(in: store.staging.folder) == ["format", "lock"])
    }

    @Test func `much goes together, and what is left tells why`() throws {
        let runs = try (0..<30).map { try deletedRun("run \($0)", in: folder.store()) }
        let items = store.garbage().items
        #expect(Set(items.map(\.id)) == Set(runs.map(\.id)) && items.allSatisfy { $0.files > 5 })
        try runs[7].restore()
        var missing = items[3]
        missing.path += "x"
        let outcomes = try store.collect(items.map { $0.id == missing.id ? missing : $0 })
        for (item, outcome) in zip(items, outcomes) {
            #expect(try outcome.get() == ![runs[7].id, missing.id].contains(item.id))
            #expect(FileSystem.exists(item.path) == [runs[7].id, missing.id].contains(item.id))
        }
        #expect(try FileSystem.names(in: store.staging.folder).sorted() == ["format", "lock"])
        #expect(store.check().isEmpty)
    }

    @Test func `young garbage and that of other experiments waits`() throws {
        let run = try deletedRun()
        #expect(store.garbage(olderThan: 60_000).items.isEmpty)
        #expect(store.garbage(in: try store.experiment(named: "other")).items.isEmpty)
        var meta = try MetaFile(path: run.folder + "/meta.yaml")
        meta.set("deleted_time", .integer(currentMilliseconds() - 61_000))
        try meta.write(with: store.staging)
        #expect(store.garbage(olderThan: 60_000, in: experiment).items.map(\.id) == [run.id])
    }

    @Test func `what was restored or taken up after one looked is not collected`() throws {
        let (restored, resumed) = (try deletedRun(), try deletedRun())
        let items = store.garbage().items
        try restored.restore()
        try resumed.resume()
        for item in items { #expect(try !store.collect(item)) }
        #expect(FileSystem.isFolder(restored.folder) && FileSystem.isFolder(resumed.folder))
        #expect(store.garbage().kept.map(\.item.id) == [resumed.id])
    }

    @Test func `a run that a registered version was made from stays until the version is deleted`() throws {
        let (source, holder) = (try deletedRun("source"), try deletedRun("holder"))
        let registry = ModelRegistry(store)
        try FileSystem.createFolder(folder.path + "/models/net/1")
        try registry.register(name: "net", versionFolder: folder.path + "/models/net/1", runID: source.id)
        try registry.register(name: "net", versionFolder: holder.artifactPath + "/big")
        #expect(store.garbage().items.isEmpty)
        #expect(store.garbage().kept.allSatisfy { $0.reason.contains("net/") })
        try registry.setStage(.deleted, of: "net", version: 2)
        #expect(store.garbage().items.map(\.id) == [holder.id])
    }

    @Test func `a deleted experiment goes whole`() throws {
        let run = try store.createRun(in: experiment)
        try run.finish()
        _ = store.search(try RunQuery("", in: experiment))
        try store.delete(experiment)
        let items = store.garbage().items
        #expect(items.map(\.kind) == [.experiment])
        #expect(try store.collect(items[0]))
        #expect(store.experiments(includingDeleted: true).map(\.name) == ["Default"])
        #expect(try store.experiment(named: "demo").id != experiment.id)
    }

    @Test func `links are removed, not what they lead to`() throws {
        let run = try deletedRun()
        let outside = folder.path + "/outside"
        try FileSystem.createFolder(outside)
        try FileSystem.writeWhole("mine", to: outside + "/file")
        #expect(symlink(outside, run.artifactPath + "/link") == 0)
        for item in store.garbage().items { #expect(try store.collect(item)) }
        #expect(try FileSystem.readText(outside + "/file") == "mine")
    }

    @Test func `collecting beside writers loses none of their runs`() throws {
        let store = self.store, experiment = self.experiment
        let written = Mutex([String]())
        parallelFor(3, threads: 3) { task in
            for number in 0..<25 {
                if task == 0 {
                    for item in store.garbage().items { _ = try? store.collect(item) }
                } else if let run = try? store.createRun(in: experiment, name: "\(task) \(number)") {
                    try? run.log(metrics: ["m": Double(number)], step: number)
                    try? run.finish()
                    if number % 2 == 0 { _ = try? run.delete() } else { written.withLock { $0.append(run.id) } }
                }
            }
        }
        let runs = store.search(try RunQuery("")).runs
        #expect(Set(runs.map(\.id)) == Set(written.withLock { $0 }))
        #expect(runs.count == 24 && runs.allSatisfy { $0.metrics.count == 1 && $0.problems.isEmpty })
        #expect(store.check().isEmpty)
    }
}
