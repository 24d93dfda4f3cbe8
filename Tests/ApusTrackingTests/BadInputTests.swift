import ApusCore
import Glibc
import Testing

@testable import ApusTracking

/// What is refused, with a word of what is wrong, and leaves every file as it was.
@Suite struct BadInputTests {
    private let folder: TemporaryFolder
    private let store: TrackingStore
    private let run: Run

    init() throws {
        (folder, store, run) = try TemporaryFolder.withRun()
    }

    @Test(arguments: ["2", "10\n", "", "newer"]) func `a store of a newer version is left alone`(format: String) throws
    {
        let path = store.staging.folder + "/format"
        #expect(try FileSystem.readText(path) == "1\n")
        try FileSystem.writeWhole(format, to: path)
        try append("1 torn", to: run.folder + "/metrics/m")
        let error = #expect(throws: TrackingError.self) { try folder.store() }
        #expect(error?.description.contains("update Apus") == true)
        #expect(try FileSystem.readText(run.folder + "/metrics/m") == "1 torn")
    }

    @Test(arguments: ["metrics", "params", "tags", "artifacts"]) func `nothing is written through a link`(part: String)
        throws
    {
        let outside = folder.path + "/outside"
        try FileSystem.createFolder(outside)
        let place = run.folder + "/" + part
        #expect(symlink(outside, place + "/sub") == 0)
        func write(_ key: String) throws {
            switch part {
            case "metrics": try run.log(metrics: [key: 1], step: 0)
            case "params": try run.log(parameters: [key: "1"])
            case "tags": try run.setTag(key, "1")
            default: try run.logArtifact(text: "1", as: key)
            }
        }
        #expect(throws: TrackingError.self) { try write("sub/x") }
        #expect(rename(place, place + "-kept") == 0 && symlink(outside, place) == 0)
        #expect(throws: TrackingError.self) { try write("x") }
        #expect(try FileSystem.names(in: outside).isEmpty)
    }

    @Test func `a link in the place of a value is replaced, what it leads to stays`() throws {
        let outside = folder.path + "/outside"
        try FileSystem.writeWhole("kept", to: outside)
        for part in ["tags/t", "artifacts/a.txt"] { #expect(symlink(outside, run.folder + "/" + part) == 0) }
        try run.setTag("t", "new")
        try run.logArtifact(text: "new", as: "a.txt")
        #expect(try run.tags()["t"] == "new")
        #expect(try FileSystem.readText(outside) == "kept")
        #expect(symlink(outside, run.folder + "/params/p") == 0)
        #expect(throws: TrackingError.self) { try run.log(parameters: ["p": "1"]) }
        #expect(try FileSystem.readText(outside) == "kept")
    }

    @Test func `a run with a key that is refused is not made at all`() throws {
        let experiment = try store.experiment(named: "demo")
        for key in ["a%", "../x", "", "x\0y", String(repeating: "k", count: 251)] {
            #expect(throws: TrackingError.self) { try store.createRun(in: experiment, parameters: [key: "1"]) }
            #expect(throws: TrackingError.self) { try store.createRun(in: experiment, tags: [key: "1"]) }
            #expect(throws: TrackingError.self) { try run.log(metrics: ["fine": 1, key: 1], step: 0) }
        }
        #expect(throws: TrackingError.self) { try store.createRun(in: experiment, parameters: ["a": "1", "a/b": "2"]) }
        #expect(throws: TrackingError.self) { try store.createRun(in: experiment, tags: ["a": "1", "a/b": "2"]) }
        #expect(store.runSummaries().count == 1)
        #expect(try run.metrics().isEmpty)
        #expect(try FileSystem.names(in: store.staging.folder).allSatisfy { ["lock", "format"].contains($0) })
    }

    @Test func `a search cannot name files outside its run`() throws {
        for field in ["params.`../../meta.yaml`", "tags.`../meta.yaml`", "metrics.`../../../x`"] {
            let isMetric = field.hasPrefix("metrics")
            #expect(store.search(try RunQuery("\(field) != \(isMetric ? "1" : "''")")).runs.isEmpty)
        }
    }
}
