import ApusConfiguration
import ApusCore
import Glibc
import Testing

@testable import ApusTracking

@Suite struct RegistryChangesTests {
    private let folder: TemporaryFolder
    private let store: TrackingStore
    private let registry: ModelRegistry

    init() throws {
        (folder, store, registry) = try TemporaryFolder.withRegistry()
        for version in 1...3 {
            let path = "\(folder.path)/models/net/\(version)"
            try FileSystem.createFolder(path)
            try registry.register(name: "net", versionFolder: path, version: version, tags: ["k": "v\(version)"])
        }
    }

    // MARK: Aliases

    @Test func `a promotion moves the alias and remembers where it was`() throws {
        let first = try registry.promote(1, of: "net", to: "champion")
        let second = try registry.promote(3, of: "net", to: "champion", from: 1, reason: "passed\nthe gate")
        #expect(first.from == nil && second.from == 1 && second.to == 3)
        #expect(registry.aliases(of: "net") == ["champion": 3])
        let history = try registry.history(of: "champion", model: "net")
        #expect(history.map(\.to) == [1, 3] && history.map(\.from) == [nil, 1])
        #expect(history[1].reason == "passed the gate" && abs(history[1].time - second.time) < 1000)
        try registry.removeAlias("champion", of: "net")
        #expect(try registry.history(of: "champion", model: "net").last?.to == nil)
        #expect(try registry.model(named: "net").aliases.isEmpty)
        #expect(store.check().isEmpty)
    }

    @Test func `who expects another version is told, and nothing moves`() throws {
        try registry.setAlias("champion", of: "net", to: 1)
        #expect(throws: TrackingError.aliasMoved("net@champion", expected: 2, found: 1)) {
            try registry.promote(3, of: "net", to: "champion", from: 2)
        }
        #expect(throws: TrackingError.aliasMoved("net@other", expected: 2, found: nil)) {
            try registry.promote(3, of: "net", to: "other", from: 2)
        }
        #expect(registry.aliases(of: "net") == ["champion": 1])
    }

    @Test func `of many that promote at once from one version, one does`() throws {
        try registry.setAlias("champion", of: "net", to: 1)
        let winners = Mutex(0)
        parallelFor(8, threads: 8) { [registry] index in
            let isFirst = (try? registry.promote(2 + index % 2, of: "net", to: "champion", from: 1)) != nil
            if isFirst { winners.withLock { $0 += 1 } }
        }
        #expect(winners.withLock { $0 } == 1)
        #expect(try registry.history(of: "champion", model: "net").count == 2)
    }

    @Test func `a stage for older clients leaves the archive to the version before`() throws {
        try registry.promote(1, of: "net", to: "champion", stage: .production)
        try registry.promote(2, of: "net", to: "champion", stage: .production)
        #expect(try registry.versions(of: "net").map(\.stage) == [.archived, .production, .none])
    }

    @Test func `a line of the history reads back`() {
        let move = AliasMove(time: 1_795_352_674_000, from: nil, to: 3, user: "me", reason: "a b")
        #expect(move.line == "2026-11-22 13:04:34 - 3 me a b")
        #expect(AliasMove(line: move.line[...]) == move)
        #expect(AliasMove(line: "nonsense") == nil && AliasMove(line: "a b c d e f") == nil)
    }

    // MARK: Descriptions and tags

    @Test func `models and versions are described and tagged`() throws {
        try registry.describe("net", "a model")
        try registry.describe("net", version: 2, "a version: ü")
        try registry.setTag("owner/team", "vision", of: "net")
        #expect(try registry.model(named: "net").description == "a model")
        #expect(try registry.model(named: "net").tags == ["owner/team": "vision"])
        #expect(try registry.version(2, of: "net").description == "a version: ü")
        try registry.removeTag("owner/team", of: "net")
        try registry.removeTag("k", of: "net", version: 2)
        #expect(try registry.model(named: "net").tags.isEmpty && registry.version(2, of: "net").tags.isEmpty)
        #expect(throws: TrackingError.notFound("tag 'k'", remedy: "'apus models show' lists the tags")) {
            try registry.removeTag("k", of: "net", version: 2)
        }
    }

    // MARK: Removal

    @Test func `what aliases or stages rely on is not deleted`() throws {
        try registry.setAlias("champion", of: "net", to: 2)
        try registry.setStage(.staging, of: "net", version: 3)
        #expect(throws: TrackingError.versionInUse("net/2", by: ["alias champion"])) {
            try registry.delete(2, of: "net")
        }
        #expect(throws: TrackingError.versionInUse("net/3", by: ["stage Staging"])) {
            try registry.delete(3, of: "net")
        }
        #expect(throws: TrackingError.self) { try registry.delete("net") }
        try registry.delete(1, of: "net")
        try registry.delete(2, of: "net", force: true)
        #expect(registry.aliases(of: "net").isEmpty)
        #expect(try registry.versions(of: "net").map(\.version) == [3])
        #expect(registry.nextVersion(of: "net") == 4)
        #expect(throws: TrackingError.self) { try registry.resolve("net/2") }
        try registry.delete("net", force: true)
        #expect(registry.names().isEmpty && FileSystem.isFolder(folder.path + "/models/net/3"))
        #expect(store.check().isEmpty)
    }

    @Test func `a renamed model keeps all it had`() throws {
        try registry.setAlias("champion", of: "net", to: 2)
        try registry.setTag("a/b", "c", of: "net")
        try registry.delete(1, of: "net")
        let before = try registry.versions(of: "net")
        try registry.rename("net", to: "new")
        #expect(registry.names() == ["new"])
        let after = try registry.versions(of: "new")
        #expect(after.map(\.version) == [2, 3] && after.map(\.tags) == before.map(\.tags))
        #expect(try registry.resolve("new@champion").folder == folder.path + "/models/net/2")
        #expect(try registry.model(named: "new").tags["a/b"] == "c")
        #expect(registry.nextVersion(of: "new") == 4)
        try registry.register(name: "net", versionFolder: folder.path)
        #expect(throws: TrackingError.modelTaken("net")) { try registry.rename("new", to: "net") }
        #expect(throws: TrackingError.self) { try registry.rename("new", to: "a/b") }
        #expect(store.check().isEmpty)
    }

    // MARK: Bad input

    @Test(arguments: ["latest", "v1", "a/b", "..", "", "a b"])
    func `aliases that the contract refuses`(alias: String) {
        #expect(throws: TrackingError.self) { try registry.promote(1, of: "net", to: alias) }
        #expect(throws: TrackingError.self) { try registry.removeAlias(alias, of: "net") }
    }

    @Test func `what is not there changes nothing`() {
        #expect(throws: TrackingError.self) { try registry.promote(0, of: "net", to: "x") }
        #expect(throws: TrackingError.self) { try registry.promote(9, of: "net", to: "x") }
        #expect(throws: TrackingError.self) { try registry.promote(1, of: "none", to: "x") }
        #expect(throws: TrackingError.self) { try registry.describe("none", "x") }
        #expect(throws: TrackingError.self) { try registry.setTag("k", "v", of: "none") }
        #expect(throws: TrackingError.self) { try registry.delete("none") }
        #expect(throws: TrackingError.self) { try registry.delete("../mlruns") }
        #expect(throws: TrackingError.self) { try registry.rename("none", to: "x") }
        #expect(registry.names() == ["net"])
    }

    @Test func `nothing is written through a link that leaves the store`() throws {
        let outside = try TemporaryFolder()
        let path = store.root + "/models/net"
        #expect(symlink(outside.path, path + "/aliases") == 0)
        #expect(throws: TrackingError.outside(path + "/aliases")) { try registry.setAlias("x", of: "net", to: 1) }
        #expect(symlink(outside.path, store.root + "/models/linked") == 0)
        #expect(throws: TrackingError.outside(store.root + "/models/linked")) {
            try registry.register(name: "linked", versionFolder: folder.path)
        }
        #expect(try FileSystem.names(in: outside.path).isEmpty)
    }

    @Test func `numbers too large to count on are passed over`() throws {
        for number in ["0", "-1", "9223372036854775807", "99999999999999999999"] {
            try FileSystem.createFolder("\(store.root)/models/net/version-\(number)")
        }
        #expect(registry.nextVersion(of: "net") == 4)
        #expect(try registry.versions(of: "net").count == 3)
    }

    // MARK: Origin

    @Test func `a version leads to its run, data, code and gates`() throws {
        let run = try store.createRun(
            in: store.experiment(named: "demo"), name: "first", parameters: ["weights": "a.safetensors"],
            git: GitFacts(commit: String(repeating: "a", count: 40), branch: "main", isDirty: true))
        try run.logDataset(name: "garments", digest: "0123", source: "/data")
        let number = try registry.register(name: "net", versionFolder: folder.path, runID: run.id)
        for (verdict, candidate) in [("fail", "net/1"), ("pass", "net/\(number)")] {
            let gate = try store.createRun(
                in: store.experiment(named: TrackingStore.gateExperiment),
                tags: [GateTag.verdict: verdict, GateTag.candidate: candidate, GateTag.baseline: "net/1"])
            try gate.finish()
        }
        let lineage = registry.lineage(of: try registry.version(number, of: "net"))
        #expect(lineage.run?.name == "first" && lineage.run?.experiment == "demo")
        #expect(lineage.datasets == [.init(name: "garments", digest: "0123", context: "training")])
        #expect(lineage.code == .init(commit: String(repeating: "a", count: 40), branch: "main", isDirty: true))
        #expect(lineage.weights == "a.safetensors")
        #expect(lineage.gates.map(\.verdict) == ["pass"] && lineage.gates[0].baseline == "net/1")
        #expect(registry.lineage(of: try registry.version(1, of: "net")).run == nil)
    }
}
