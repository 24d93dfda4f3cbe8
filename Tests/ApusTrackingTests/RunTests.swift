import ApusCore
import Glibc
import Testing

@testable import ApusTracking

@Suite struct RunTests {
    private let folder: TemporaryFolder
    private let store: TrackingStore
    private let run: Run

    init() throws {
        (folder, store, run) = try TemporaryFolder.withRun(named: "first: ünï")
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
        #expect(try FileSystem.names(in: store.staging.folder).filter { !["lock", "format"].contains($0) }.isEmpty)
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
        #expect(value?.hasPrefix(String(repeating: "é", count: 1000) + "… (6001 characters, sha256:") == true)
        #expect(value?.hasSuffix(", artifact parameters/classes.txt)") == true)
        #expect(try FileSystem.readText(run.artifactPath + "/parameters/classes.txt") == long)
        try run.setTag("note/a", long + long)
        #expect(try run.tags()["note/a"]?.unicodeScalars.count ?? 0 < 1200)
        #expect(try FileSystem.readText(run.artifactPath + "/tags/note/a.txt") == long + long)
        let other = try store.createRun(
            in: store.experiment(named: "demo"), tags: ["t": long + long], parameters: ["p": long])
        #expect(try other.artifacts() == ["parameters/p.txt", "tags/t.txt"])
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

    // MARK: Batches

    private func lines(of key: String) throws -> Int {
        try FileSystem.read(run.folder + "/metrics/" + key).count { $0 == UInt8(ascii: "\n") }
    }

    @Test func `the first value of a metric is in its file at once, others follow together`() throws {
        let patient = try TrackingStore(root: store.root, writingEvery: 3_600_000)
        let run = try patient.run(id: run.id)
        for step in 0..<100 { try run.log(metrics: ["m": 0.5], step: step) }
        #expect(try lines(of: "m") == 1)
        try run.flush()
        #expect(try lines(of: "m") == 100)
        for step in 100..<200 { try run.log(metrics: ["m": 0.5], step: step) }
        #expect(try lines(of: "m") == 100)
        #expect(try run.history(of: "m").map(\.step) == Array(0..<200))
        try run.log(metrics: ["m": 0.5], step: 200)
        try run.log(points: ["m": [MetricPoint(value: 1, step: 201, timestamp: 1)]])
        #expect(try lines(of: "m") == 202)
        for step in 202..<20_000 { try run.log(metrics: ["m": 0.5], step: step) }
        #expect(try lines(of: "m") > 10_000)
        try run.finish()
        #expect(try lines(of: "m") == 20_000)
        #expect(try run.history(of: "m").map(\.step) == Array(0..<20_000))
    }

    @Test func `what waits is written after the interval, or when the store is closed`() throws {
        let quick = try TrackingStore(root: store.root, writingEvery: 20)
        let run = try quick.run(id: run.id)
        for step in 0..<3 { try run.log(metrics: ["m": 0.5], step: step) }
        for _ in 0..<500 where try lines(of: "m") < 3 { usleep(10_000) }
        #expect(try lines(of: "m") == 3)
        do {
            let patient = try TrackingStore(root: store.root, writingEvery: 3_600_000)
            let run = try patient.run(id: run.id)
            for step in 0..<3 { try run.log(metrics: ["n": 0.5], step: step) }
            #expect(try lines(of: "n") == 1)
        }
        #expect(try lines(of: "n") == 3)
    }

    @Test func `values that cannot be written are told, kept and written later`() throws {
        let store = try TrackingStore(root: store.root, writingEvery: 20)
        let run = try store.run(id: run.id)
        try run.log(metrics: ["m": 0], step: 0)
        let path = run.folder + "/metrics/m"
        #expect(rename(path, path + "-aside") == 0 && mkdir(path, 0o777) == 0)
        var failures = 0
        for step in 1..<20 {
            do { try run.log(metrics: ["m": 0], step: step) } catch { failures += 1 }
            usleep(5000)
        }
        #expect((1..<10).contains(failures))
        #expect(throws: TrackingError.self) { try run.flush() }
        #expect(throws: TrackingError.self) { try run.finish() }
        #expect(try run.status() == .finished)
        #expect(rmdir(path) == 0 && rename(path + "-aside", path) == 0)
        #expect(try run.history(of: "m").map(\.step) == Array(0..<20))
        #expect(store.check().isEmpty)
    }

    @Test func `a link is not written through`() throws {
        try run.log(metrics: ["m": 0], step: 0)
        let outside = folder.path + "/outside", path = run.folder + "/metrics/m"
        try FileSystem.writeWhole("kept\n", to: outside)
        #expect(unlink(path) == 0 && symlink(outside, path) == 0)
        #expect(throws: TrackingError.self) {
            try run.log(points: ["m": [MetricPoint(value: 1, step: 1, timestamp: 1)]])
        }
        #expect(try FileSystem.readText(outside) == "kept\n")
        #expect(unlink(path) == 0)
    }
}
