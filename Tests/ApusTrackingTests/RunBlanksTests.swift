import ApusCore
import Glibc
import Testing

@testable import ApusTracking

/// Runs that are created one after another, most of them from blanks that were made ahead.
@Suite struct RunBlanksTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(arguments: [true, false]) func `runs made in a row are all whole`(isDurable: Bool) throws {
        let store = try TrackingStore(root: folder.path + "/mlruns", durable: isDurable)
        let experiment = try store.experiment(named: "row")
        for number in 0..<60 {
            let tags = number % 5 == 0 ? ["more": "\(number)"] : number % 7 == 0 ? [RunTag.user: "other"] : [:]
            let run = try store.createRun(
                in: experiment, name: "run \(number)", tags: tags, parameters: ["number": "\(number)"])
            #expect(try run.parameters() == ["number": "\(number)"])
            let wanted = RunTag.standard(name: "run \(number)", git: nil).merging(tags) { $1 }
            #expect(try run.tags() == wanted)
            try run.log(metrics: ["m": 1], step: 0)
            try run.finish()
        }
        let runs = store.runSummaries(in: experiment)
        #expect(Set(runs.map(\.name)).count == 60 && runs.allSatisfy { $0.problems.isEmpty && $0.metrics["m"] != nil })
        #expect(store.check().isEmpty)
    }

    @Test func `blanks go with their store`() throws {
        var store: TrackingStore? = try folder.store()
        let staging = try #require(store?.staging.folder)
        for _ in 0..<10 { _ = try store?.createRun(in: try #require(store).experiment(named: "row")) }
        store = nil
        #expect(try FileSystem.names(in: staging).sorted() == ["format", "lock"])
    }

    @Test func `blanks go when no more runs are created`() throws {
        let store = try folder.store(), experiment = try store.experiment(named: "row")
        for _ in 0..<6 { _ = try store.createRun(in: experiment) }
        let limit = currentMilliseconds() + 20_000
        while try FileSystem.names(in: store.staging.folder).count > 2, currentMilliseconds() < limit { usleep(50_000) }
        #expect(try FileSystem.names(in: store.staging.folder).sorted() == ["format", "lock"])
        _ = try store.createRun(in: experiment)
        #expect(store.check().allSatisfy { $0.severity == .warning })
    }

    @Test func `threads that create runs at once share the blanks`() throws {
        let store = try folder.store(), experiment = try store.experiment(named: "row")
        let ids = Mutex(Set<String>())
        parallelFor(80, threads: 4) { number in
            guard let run = try? store.createRun(in: experiment, parameters: ["n": "\(number)"]) else { return }
            ids.withLock { _ = $0.insert(run.id) }
        }
        #expect(ids.withLock { $0.count } == 80)
        let runs = store.runSummaries(in: experiment)
        #expect(Set(runs.compactMap { $0.parameters["n"] }).count == 80 && runs.allSatisfy { $0.tags.count == 5 })
    }

    @Test func `a conflict of keys is told as ever`() throws {
        let store = try folder.store(), experiment = try store.experiment(named: "row")
        for _ in 0..<4 {
            #expect(throws: TrackingError.self) {
                try store.createRun(in: experiment, tags: ["\(RunTag.user)/x": "1"])
            }
            _ = try store.createRun(in: experiment, tags: ["a/b": "1"], parameters: ["a/b": "1"])
        }
        #expect(store.runSummaries(in: experiment).count == 4)
    }
}
