import ApusConfiguration
import ApusCore
import ApusDigest
import ApusModelSupport
import ApusONNX
import ApusTracking
import Glibc
import Testing

@testable import ApusRegistry

@Suite struct ModelRegistrationTests {
    private let workspace: RegistryWorkspace

    init() throws { workspace = try RegistryWorkspace() }

    @Test func `a file becomes a version with all that people and MLflow need`() throws {
        let run = try workspace.store.createRun(in: workspace.store.experiment(named: "demo"))
        var registration = ModelRegistration(
            name: "net", file: try workspace.write(tinyDetector()), run: run)
        (registration.description, registration.tags) = ("of others", ["team": "vision"])
        let (version, facts) = try registration.register(in: workspace.registry, models: workspace.models)
        #expect(version.version == 1 && version.description == "of others" && version.runID == run.id)
        #expect(facts.use?.task == "detect" && facts.use?.labels == ["shirt", "boot"])
        let folder = workspace.models + "/net/1"
        #expect(version.folder == folder)
        let names = try ModelFolder(folder).names()
        #expect(names.contains("MLmodel") && names.contains("README.html") && names.contains("card.yaml"))
        #expect(try #require(try ChecksumList(in: folder)).digests.keys.sorted() == ["labels.txt", "model.onnx"])
        #expect(version.tags[ModelTag.digest] == (try ChecksumList.digest(of: folder + "/model.onnx")))
        #expect(version.tags["team"] == "vision")
        #expect(try run.models().map(\.location) == [folder])
        #expect(try CardStatement.read(inFolder: folder) == CardStatement())
        #expect(workspace.store.check().isEmpty)
    }

    @Test func `a sidecar comes along, with the labels it names`() throws {
        let file = try workspace.write(tinyDetector(labels: nil), to: "foreign.onnx")
        try FileSystem.writeWhole("shirt\nboot\n", to: workspace.path + "/names.txt")
        try FileSystem.writeWhole(
            "decode: {format: v8}\nlabels: names.txt\n", to: workspace.path + "/foreign.yaml")
        let version = try ModelRegistration(name: "net", file: file)
            .register(in: workspace.registry, models: workspace.models).version
        let facts = try ModelFacts(contentsOf: version.folder + "/model.onnx")
        #expect(facts.use?.labels == ["shirt", "boot"] && facts.use?.source == "sidecar")
        let sealed = try #require(try ChecksumList(in: version.folder)).digests.keys.sorted()
        #expect(sealed == ["labels.txt", "model.onnx", "model.yaml"])
    }

    @Test func `a model that no image goes into is registered for arrays`() throws {
        let facts = try ModelRegistration(name: "net", file: workspace.write(RegistryWorkspace.doubling))
            .register(in: workspace.registry, models: workspace.models).facts
        #expect(facts.use == nil && facts.graph.operators["Mul"] == 1)
    }

    @Test func `what does not load is refused, and nothing is left`() throws {
        let file = try workspace.write(tinyDetector())
        let bytes = try FileSystem.read(file)
        for count in [0, 1, bytes.count / 2, bytes.count - 1] {
            try FileSystem.writeWhole(Array(bytes[..<count]), to: file)
            #expect(throws: RegistryError.self) {
                try ModelRegistration(name: "net", file: file).register(
                    in: workspace.registry, models: workspace.models)
            }
        }
        var broken = tinyDetector()
        broken.graph.nodes[0].operatorType = "NoSuchOperator"
        _ = try workspace.write(broken)
        #expect(throws: RegistryError.self) {
            try ModelRegistration(name: "net", file: file).register(in: workspace.registry, models: workspace.models)
        }
        #expect(throws: RegistryError.self) {
            try ModelRegistration(name: "net", file: workspace.path + "/none.onnx")
                .register(in: workspace.registry, models: workspace.models)
        }
        #expect(workspace.registry.names().isEmpty)
        #expect(try FileSystem.names(in: workspace.models).isEmpty)
    }

    @Test(arguments: ["a/b", "..", "a@b", "a:b", ""])
    func `names that the contract refuses`(name: String) throws {
        let file = try workspace.write(tinyDetector())
        #expect(throws: TrackingError.self) {
            try ModelRegistration(name: name, file: file).register(in: workspace.registry, models: workspace.models)
        }
        #expect(try FileSystem.names(in: workspace.models).isEmpty)
    }

    @Test func `those who register at once get a number each`() throws {
        let (registry, models) = (workspace.registry, workspace.models)
        let file = try workspace.write(tinyDetector())
        let numbers = Mutex([Int]())
        parallelFor(6, threads: 6) { _ in
            let made = try? ModelRegistration(name: "net", file: file).register(in: registry, models: models)
            numbers.withLock { $0.append(made?.version.version ?? 0) }
        }
        #expect(numbers.withLock { $0.sorted() } == Array(1...6))
        #expect(try FileSystem.names(in: models + "/net") == ["1", "2", "3", "4", "5", "6"])
    }

    @Test func `a folder that the registry does not know is not touched`() throws {
        try FileSystem.createFolder(workspace.models + "/net/1")
        #expect(throws: RegistryError.folderTaken(workspace.models + "/net/1")) { try workspace.register() }
        #expect(try FileSystem.names(in: workspace.models + "/net/1").isEmpty)
    }
}
