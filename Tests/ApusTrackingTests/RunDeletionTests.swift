import ApusCore
import Glibc
import Testing

@testable import ApusTracking

@Suite struct RunDeletionTests {
    private let folder: TemporaryFolder
    private let store: TrackingStore
    private let experiment: Experiment

    init() throws { (folder, store, experiment) = try TemporaryFolder.withExperiment() }

    private func finishedRun(_ name: String, parent: Run? = nil) throws -> Run {
        let tags = parent.map { [RunTag.parentRun: $0.id] } ?? [:]
        let run = try store.createRun(in: experiment, name: name, tags: tags, parameters: ["lr": "0.1"])
        try run.log(metrics: ["loss": 0.5], step: 1)
        try run.logArtifact(text: "x", as: "x.txt")
        try run.finish()
        return run
    }

    @Test func `restoring gives back to the letter what was deleted`() throws {
        let run = try finishedRun("a")
        let before = try FileSystem.read(run.folder + "/meta.yaml")
        #expect(try run.delete())
        #expect(try !run.delete())
        #expect(try run.isDeleted())
        #expect(try MetaFile(path: run.folder + "/meta.yaml").integer("deleted_time") > 0)
        #expect(store.search(try RunQuery("")).runs.isEmpty)
        #expect(try run.restore())
        #expect(try !run.restore())
        #expect(try FileSystem.read(run.folder + "/meta.yaml") == before)
        #expect(store.search(try RunQuery("")).runs.map(\.id) == [run.id])
        #expect(store.check().isEmpty)
    }

    @Test func `a search sees active, deleted or all runs`() throws {
        let (a, b) = (try finishedRun("a"), try finishedRun("b"))
        try a.delete()
        for isIndexed in [false, true, true] {
            var query = try RunQuery("params.lr = '0.1'", orderedBy: ["run_name"])
            #expect(store.search(query, usingIndex: isIndexed).runs.map(\.id) == [b.id])
            query.view = .deleted
            #expect(store.search(query, usingIndex: isIndexed).runs.map(\.id) == [a.id])
            query.view = .all
            #expect(store.search(query, usingIndex: isIndexed).runs.map(\.id) == [a.id, b.id])
        }
    }

    @Test func `a run that is still written is not deleted`() throws {
        let run = try store.createRun(in: experiment)
        #expect(try run.writer()?.contains("\(getpid())") == true)
        #expect(throws: TrackingError.self) { try run.delete() }
        #expect(try run.delete(evenIfWritten: true))
        try run.finish()
        #expect(try run.isDeleted() && run.status() == .finished)
    }

    @Test func `a run whose process is gone may be deleted, one of another machine after a day of silence`() throws {
        let run = try store.createRun(in: experiment)
        var mark = ProcessMark.current
        mark.start = "1"
        try run.setTag(RunTag.process, mark.description)
        #expect(try run.writer() == nil)
        mark.host = "elsewhere"
        try run.setTag(RunTag.process, mark.description)
        #expect(try run.writer()?.contains("elsewhere") == true)
        try run.log(metrics: ["m": 1], step: 0)
        for file in ["meta.yaml", "metrics/m"] {
            var times = [timeval(tv_sec: 1000, tv_usec: 0), timeval(tv_sec: 1000, tv_usec: 0)]
            #expect(utimes("\(run.folder)/\(file)", &times) == 0)
        }
        #expect(try run.writer() == nil)
    }

    @Test func `finishing beside a deletion loses neither`() throws {
        for _ in 0..<20 {
            let run = try store.createRun(in: experiment)
            parallelFor(2, threads: 2) { task in
                if task == 0 { try? run.finish() } else { _ = try? run.delete(evenIfWritten: true) }
            }
            #expect(try run.isDeleted() && run.status() == .finished)
        }
    }

    @Test func `a deleted run is not taken up or renamed`() throws {
        let run = try finishedRun("a")
        try run.rename(to: "b")
        #expect(try run.name() == "b" && run.tags()[RunTag.name] == "b")
        #expect(throws: TrackingError.self) { try run.rename(to: " ") }
        try run.delete()
        #expect(throws: TrackingError.self) { try run.rename(to: "c") }
        #expect(throws: TrackingError.self) { try run.requireResumable(longer: true) }
    }

    @Test func `a name that two runs have must be said more exactly before anything changes`() throws {
        let (first, second) = (try finishedRun("same"), try finishedRun("same"))
        #expect(try store.run(matching: "same", view: .active).id == store.runSummaries().first?.id)
        #expect(throws: TrackingError.self) { try store.run(matching: "same", view: .active, exactly: true) }
        try first.delete()
        #expect(try store.run(matching: "same", view: .active, exactly: true).id == second.id)
        #expect(try store.run(matching: "same", view: .deleted, exactly: true).id == first.id)
        #expect(try store.run(matching: String(first.id.prefix(10)), view: .all).id == first.id)
        for (text, view) in [(first.id, LifecycleView.active), (second.id, .deleted), ("none", .all), ("", .all)] {
            #expect(throws: TrackingError.self) { try store.run(matching: text, view: view) }
        }
    }

    @Test func `children of children are children`() throws {
        let parent = try finishedRun("parent")
        let child = try finishedRun("child", parent: parent)
        let grandchild = try finishedRun("grandchild", parent: child)
        _ = try finishedRun("other")
        #expect(try Set(store.children(of: [parent]).map(\.id)) == [child.id, grandchild.id])
        try parent.setTag(RunTag.parentRun, grandchild.id)
        #expect(try store.children(of: [parent]).count == 2)
    }

    @Test func `damaged runs are errors and stay as they are`() throws {
        let run = try finishedRun("a")
        for text in ["", "run_id: [", "- 1\n"] {
            try FileSystem.writeWhole(text, to: run.folder + "/meta.yaml")
            #expect(throws: TrackingError.self) { try run.delete() }
            #expect(try FileSystem.readText(run.folder + "/meta.yaml") == text)
        }
        removeTree(run.folder)
        #expect(throws: TrackingError.self) { try run.delete() }
        #expect(throws: TrackingError.self) { try run.restore() }
    }
}
