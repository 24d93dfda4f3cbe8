import ApusCore
import Glibc
import Testing

@testable import ApusTracking

@Suite struct ExperimentDeletionTests {
    private let folder: TemporaryFolder
    private let store: TrackingStore
    private let experiment: Experiment
    private let runs: [Run]

    init() throws {
        folder = try TemporaryFolder()
        store = try folder.store()
        experiment = try store.experiment(named: "demo", tags: ["k": "v"])
        runs = try (0..<3).map { [store, experiment] number in
            let run = try store.createRun(in: experiment, name: "run \(number)")
            try run.log(metrics: ["loss": Double(number)], step: 1)
            try run.finish()
            return run
        }
    }

    private var deleted: Experiment {
        get throws { try store.experiment(matching: "demo", view: .deleted) }
    }

    @Test func `an experiment goes with its runs and comes back with those that went with it`() throws {
        try runs[0].delete()
        try store.delete(experiment)
        #expect(store.experiments().map(\.name) == ["Default"])
        #expect(FileSystem.isFolder("\(store.root)/.trash/\(experiment.id)"))
        #expect(store.runSummaries().isEmpty)
        let inTrash = try deleted
        #expect(store.runSummaries(in: inTrash).allSatisfy { $0.isDeleted })
        #expect(throws: TrackingError.self) { try store.experiment(named: "demo") }
        let back = try store.restore(inTrash)
        #expect(back.id == experiment.id && !back.isDeleted)
        #expect(try back.tags() == ["k": "v"])
        #expect(Set(store.search(try RunQuery("")).runs.map(\.id)) == [runs[1].id, runs[2].id])
        #expect(try runs[0].isDeleted())
        #expect(store.check().isEmpty)
    }

    @Test func `a deletion that was cut short anywhere can be taken back`() throws {
        // Only moved.
        mkdir(store.root + "/.trash", 0o777)
        #expect(rename("\(store.root)/\(experiment.id)", "\(store.root)/.trash/\(experiment.id)") == 0)
        #expect(try deleted.isDeleted)
        try store.restore(deleted)
        #expect(store.search(try RunQuery("")).runs.count == 3)
        // Moved and restored but for the move.
        try store.delete(experiment)
        let meta = "\(store.root)/.trash/\(experiment.id)/meta.yaml"
        try FileSystem.writeWhole(
            FileSystem.readText(meta).replacing("\"deleted\"", with: "\"active\""), to: meta)
        try store.restore(deleted)
        #expect(store.experiments().map(\.name).contains("demo"))
    }

    @Test func `what must not go stays`() throws {
        let defaultOne = try store.experiment(matching: "0")
        #expect(throws: TrackingError.self) { try store.delete(defaultOne) }
        #expect(throws: TrackingError.self) { try store.restore(experiment) }
        let written = try store.createRun(in: experiment)
        #expect(throws: TrackingError.self) { try store.delete(experiment) }
        try written.finish()
        try store.delete(experiment)
        #expect(throws: TrackingError.self) { try store.delete(experiment) }
        #expect(throws: TrackingError.self) { try store.experiment(matching: "none", view: .all) }
        #expect(throws: TrackingError.self) { try store.experiment(matching: "demo") }
    }

    @Test func `an experiment gets a name that no other has`() throws {
        try store.rename(experiment, to: "better")
        #expect(try store.experiment(matching: "better").id == experiment.id)
        let other = try store.experiment(named: "other")
        #expect(throws: TrackingError.self) { try store.rename(other, to: "better") }
        #expect(throws: TrackingError.self) { try store.rename(other, to: " ") }
        try store.delete(experiment)
        #expect(throws: TrackingError.self) { try store.rename(other, to: "better") }
        #expect(try store.rename(other, to: "other").name == "other")
    }

    @Test func `a run that begins while its experiment goes is an error, nothing half`() throws {
        try store.delete(experiment)
        #expect(throws: TrackingError.self) { try store.createRun(in: experiment) }
        #expect(store.check().isEmpty)
        #expect(try FileSystem.names(in: store.staging.folder) == ["format", "lock"])
    }
}
