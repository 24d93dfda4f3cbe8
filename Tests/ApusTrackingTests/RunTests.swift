import ApusCore
import Glibc
import Testing

@testable import ApusTracking

@Suite struct RunTests {
    private let folder: TemporaryFolder
    private let store: TrackingStore
    private let run: Run

    init() throws {
        folder = try TemporaryFolder()
        store = try folder.store()
        run = try store.createRun(in: store.experiment(named: "demo"), name: "first: ünï", parameters: ["lr": "0.1"])
    }

    @Test func `what is logged is read back`() throws {
        try run.log(parameters: ["lr": "0.1", "opt/beta 1": "0.9", "empty": "", "text": "line\nline\n"])
        try run.log(metrics: ["loss": 0.5, "val/mAP50": .nan], step: 1)
        try run.log(metrics: ["loss": -.infinity, "val/mAP50": 0.25], step: 2)
        try run.setTag("a/b", "ünï")
        try run.logArtifact(text: "hello", as: "notes/a.txt")
        try run.logArtifact(bytes: [0, 1, 2], as: "b.bin")
        #expect(try run.parameters() == ["lr": "0.1", "opt/beta 1": "0.9", "empty": "", "text": "line\nline\n"])
        #expect(try run.history(of: "loss").map(\.value) == [0.5, -.infinity])
        #expect(try run.history(of: "val/mAP50").map(\.step) == [1, 2])
        #expect(try run.metrics()["val/mAP50"]?.value == 0.25)
        #expect(try run.history(of: "nothing").isEmpty)
        #expect(try run.tags()["a/b"] == "ünï")
        #expect(try run.tags()[RunTag.name] == "first: ünï")
        #expect(try run.artifacts() == ["b.bin", "notes/a.txt"])
        #expect(try FileSystem.readText(run.artifactPath + "/notes/a.txt") == "hello")
        #expect(try run.name() == "first: ünï")
        #expect(try FileSystem.names(in: store.staging.folder).filter { $0 != "lock" }.isEmpty)
        #expect(store.check().isEmpty)
    }

    @Test func `ends, and is taken up again`() throws {
        #expect(try run.status() == .running)
        try run.finish(.failed)
        #expect(try store.run(id: run.id).status() == .failed)
        #expect(store.runSummaries().first?.endTime != nil)
        try run.resume()
        #expect(try run.status() == .running)
        #expect(store.runSummaries().first?.endTime == nil)
    }

    @Test func `a renamed run is renamed everywhere`() throws {
        try run.setTag(RunTag.name, "123")
        #expect(try run.name() == "123")
        #expect(store.check().isEmpty)
    }

    @Test func `a parameter never changes`() throws {
        #expect(throws: TrackingError.parameterChanged(key: "lr", recorded: "0.1", given: "0.2")) {
            try run.log(parameters: ["lr": "0.2"])
        }
    }

    @Test func `keys that would need a file and a folder of one name are refused`() throws {
        try run.log(metrics: ["a": 1, "b/c": 1], step: 0)
        #expect(throws: TrackingError.keyConflict("a/b", with: "a")) { try run.log(metrics: ["a/b": 1], step: 0) }
        #expect(throws: TrackingError.keyConflict("b", with: "b/…")) { try run.log(metrics: ["b": 1], step: 0) }
        #expect(throws: TrackingError.self) { try run.log(parameters: ["lr/x": "1"]) }
        #expect(throws: TrackingError.self) { try run.log(parameters: ["new": "1", "new/x": "1"]) }
        #expect(throws: TrackingError.self) { try run.logArtifact(text: "", as: "../x") }
        #expect(throws: TrackingError.self) { try run.logArtifact(text: "", as: "/x") }
    }

    @Test func `a long parameter is kept as an artifact`() throws {
        let long = String(repeating: "é", count: 6001)
        try run.log(parameters: ["classes": long, "short": String(repeating: "é", count: 6000)])
        let value = try run.parameters()["classes"]
        #expect(value?.hasPrefix("sha256:") == true)
        #expect(value?.hasSuffix("(6001 characters, artifact parameters/classes.txt)") == true)
        #expect(try FileSystem.readText(run.artifactPath + "/parameters/classes.txt") == long)
        #expect(throws: TrackingError.self) { try run.setTag("t", String(repeating: "x", count: 8001)) }
    }

    @Test func `knows where a metric was best`() throws {
        for (step, value) in [0.1, 0.7, .nan, 0.7, .infinity, 0.2].enumerated() {
            try run.log(metrics: ["m": value], step: step)
        }
        #expect(try run.best("m")?.step == 1)
        #expect(try run.best("m", isHigherBetter: false)?.step == 0)
        #expect(try run.best("none") == nil)
    }

    @Test func `datasets are recorded once and read back`() throws {
        let digest = String(repeating: "ab", count: 32)
        for _ in 0..<2 { try run.logDataset(name: "garments", digest: digest, source: "/data/a \"b\"") }
        try run.logDataset(name: "garments", digest: "1234", source: "/data/b", context: "test")
        let datasets = try run.datasets()
        #expect(datasets.map(\.digest) == ["1234", String(digest.prefix(36))])
        #expect(datasets.map(\.context) == ["test", "training"])
        #expect(datasets[1].source == #"{"uri": "/data/a \"b\""}"#)
        #expect(datasets[1].profile?.contains(digest) == true)
    }

    @Test func `nothing appended at once is lost`() throws {
        let run = run
        let failures = Mutex(0)
        parallelFor(8, threads: 8) { thread in
            for step in 0..<200 {
                do {
                    try run.log(metrics: ["shared": Double(thread), "own/\(thread)": Double(step)], step: step)
                } catch {
                    failures.withLock { $0 += 1 }
                }
            }
        }
        #expect(failures.withLock { $0 } == 0)
        let points = try run.history(of: "shared")
        #expect(points.count == 1600)
        for thread in 0..<8 {
            #expect(points.filter { $0.value == Double(thread) }.map(\.step) == Array(0..<200))
            #expect(try run.history(of: "own/\(thread)").count == 200)
        }
        #expect(store.check().isEmpty)
    }
}
