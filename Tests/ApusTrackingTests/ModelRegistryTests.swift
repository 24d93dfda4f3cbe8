import ApusConfiguration
import ApusCore
import Glibc
import Testing

@testable import ApusTracking

@Suite struct ModelRegistryTests {
    private let folder: TemporaryFolder
    private let store: TrackingStore
    private let registry: ModelRegistry

    init() throws { (folder, store, registry) = try TemporaryFolder.withRegistry() }

    private func makeVersion(_ name: String) throws -> Int {
        let version = registry.nextVersion(of: name)
        let path = "\(folder.path)/models/\(name)/\(version)"
        try FileSystem.createFolder(path)
        return try registry.register(
            name: name, versionFolder: path, version: version, description: "d", tags: ["k": "v"])
    }

    @Test func `versions count up and aliases move`() throws {
        #expect(try [makeVersion("net"), makeVersion("net"), makeVersion("other")] == [1, 2, 1])
        try registry.setAlias("champion", of: "net", to: 1)
        #expect(try registry.resolve("net@champion").version == 1)
        try registry.setAlias("champion", of: "net", to: 2)
        #expect(try registry.resolve("net@champion").folder == folder.path + "/models/net/2")
        #expect(try registry.resolve("net/1").version == 1)
        #expect(try registry.resolve("net").version == 2)
        #expect(registry.names() == ["net", "other"])
        #expect(try registry.versions(of: "net").map(\.aliases) == [[], ["champion"]])
        #expect(try registry.version(1, of: "net").tags == ["k": "v"])
        try registry.removeAlias("champion", of: "net")
        #expect(registry.aliases(of: "net").isEmpty)
        #expect(store.check().isEmpty)
    }

    @Test func `a deleted version keeps its number`() throws {
        _ = try (makeVersion("net"), makeVersion("net"))
        try registry.setStage(.deleted, of: "net", version: 2)
        #expect(registry.nextVersion(of: "net") == 3)
        #expect(try registry.resolve("net").version == 1)
        #expect(throws: TrackingError.self) { try registry.version(2, of: "net") }
    }

    @Test(arguments: ["net@other", "net/7", "none", "none@x", "a/b/c", "@", "", "..", "../x", "net@../../x", "net/0"])
    func `what is not there is an error that says so`(text: String) throws {
        _ = try makeVersion("net")
        #expect(throws: TrackingError.self) { try registry.resolve(text) }
    }

    @Test func `a version's number is given once`() throws {
        _ = try makeVersion("net")
        #expect(throws: TrackingError.versionTaken(model: "net", version: 1)) {
            try registry.register(name: "net", versionFolder: folder.path, version: 1)
        }
        let path = folder.path
        let numbers = Mutex([Int]())
        parallelFor(8, threads: 8) { [registry] _ in
            let number = (try? registry.register(name: "net", versionFolder: path)) ?? 0
            numbers.withLock { $0.append(number) }
        }
        #expect(numbers.withLock { $0.sorted() } == Array(2...9))
    }

    @Test func `a workspace that moved finds its models`() throws {
        for name in ["datasets", "models"] { try FileSystem.createFolder(folder.path + "/" + name) }
        _ = try makeVersion("net")
        try registry.setAlias("champion", of: "net", to: 1)
        let moved = try TemporaryFolder()
        removeTree(moved.path)
        #expect(rename(folder.path, moved.path) == 0)
        let reference = try #require(ModelReference("net@champion"))
        #expect(try Workspace.find(from: moved.path).resolve(reference).folder == moved.path + "/models/net/1")
    }

    @Test func `a logged model links run, files and registry`() throws {
        let run = try store.createRun(in: store.experiment(named: "demo"))
        let id = LoggedModel.newID()
        let files = MLModelFile(
            inputs: [.init(name: "images", shape: [-1, 3, 320, 320])],
            outputs: [.init(name: "output", shape: [-1, 14, -1])],
            runID: run.id, modelID: id)
        try files.write(to: folder.path)
        try run.logModel(name: "model", id: id, location: folder.path, step: 9, parameters: ["scale": "n"])
        let version = try registry.register(name: "net", versionFolder: folder.path, runID: run.id, modelID: id)
        #expect(try run.models().map(\.id) == [id])
        #expect(try store.loggedModel(id: id).location == folder.path)
        #expect(try registry.version(version, of: "net").modelID == id)
        #expect(
            try store.loggedModel(id: id).tags() == ["mlflow.modelVersions": #"[{"name": "net", "version": 1}]"#])
        let text = try FileSystem.readText(folder.path + "/MLmodel")
        #expect(try YAMLReader.read(text, name: "MLmodel")["flavors"]?["onnx"]?["data"]?.text == "model.onnx")
        #expect(store.check().isEmpty)
    }
}
