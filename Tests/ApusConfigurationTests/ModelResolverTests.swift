import ApusConfiguration
import ApusCore
import Foundation
import Testing

@Suite final class ModelResolverTests {
    private let root = "/tmp/apus-resolver-\(UUID().uuidString)"
    private var resolver: ModelResolver { ModelResolver(workspace: root) }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    private func write(_ text: String, to path: String) throws {
        try FileSystem.createFolder(FileSystem.folder(of: root + "/" + path))
        try FileSystem.writeWhole(text, to: root + "/" + path)
    }

    private func register(_ version: Int, at location: String, stage: String = "None") throws {
        try write(
            "current_stage: \(stage)\nstorage_location: \"\(location)\"\n",
            to: "experiments/mlruns/models/net/version-\(version)/meta.yaml")
    }

    private func resolve(_ text: String) throws -> ResolvedModel {
        try resolver.resolve(try #require(ModelReference(text)))
    }

    @Test(arguments: [
        "net/0", "net/-1", "net/01", "net/+1", "net/x", "net/1/2", "a@b/c", "@a", "net@", "net@.x", "..", ".", "",
        "a:b", "a%b", "models:/", "a\\b", "a@b@c", "net/99999999999999999999",
    ])
    func `text of another form names no model`(text: String) { #expect(ModelReference(text) == nil) }

    @Test func `a folder of models needs no registry`() throws {
        for version in [2, 10] { try write("", to: "models/net/\(version)/model.onnx") }
        try write("2\n", to: "models/net/aliases/champion")
        #expect(try resolve("net").version == 10)
        #expect(try resolve("models:/net@champion").folder == root + "/models/net/2")
        #expect(throws: ModelResolutionError.unknownVersion("net/3", found: ["2", "10"])) { try resolve("net/3") }
        #expect(throws: ModelResolutionError.unknownAlias("net@x", found: ["champion"])) { try resolve("net@x") }
        #expect(resolver.knows("net") && !resolver.knows("other"))
    }

    @Test func `files are looked for in this workspace first, then where the registry says`() throws {
        try register(1, at: "file:///elsewhere/ws/models/old/7")
        try write("", to: "models/old/7/model.onnx")
        #expect(try resolve("net/1").folder == root + "/models/old/7", "a model that was renamed, then moved")
        try register(2, at: "/elsewhere/ws/experiments/mlruns/5/run/artifacts/model")
        try write("", to: "experiments/mlruns/5/run/artifacts/model/model.onnx")
        #expect(try resolve("net").folder == root + "/experiments/mlruns/5/run/artifacts/model")
        try register(3, at: root + "/far/away")
        try write("", to: "far/away/model.onnx")
        #expect(try resolve("net/3").folder == root + "/far/away")
        try register(4, at: "file:///elsewhere/models/../../x")
        #expect(throws: ModelResolutionError.self) { try resolve("net/4") }
    }

    @Test func `deleted versions are not found`() throws {
        for version in [1, 2] { try write("", to: "models/net/\(version)/model.onnx") }
        try register(1, at: root + "/models/net/1")
        try register(2, at: root + "/models/net/2", stage: "Deleted_Internal")
        try write("2", to: "experiments/mlruns/models/net/aliases/old")
        #expect(try resolve("net").version == 1)
        for text in ["net/2", "net@old"] {
            #expect(throws: ModelResolutionError.deleted(text, version: 2)) { try resolve(text) }
        }
    }

    @Test func `the registry's digest comes along`() throws {
        try register(1, at: root + "/models/net/1")
        try write("", to: "models/net/1/model.onnx")
        #expect(try resolve("net/1").digest == nil)
        try write("abc\n", to: "experiments/mlruns/models/net/version-1/tags/apus.sha256")
        #expect(try resolve("net/1").digest == "abc")
    }

    @Test func `a model file of another name is what MLmodel says`() throws {
        try write("flavors: {onnx: {data: net.onnx}}\n", to: "models/net/1/MLmodel")
        #expect(throws: ModelResolutionError.noModelFile("net/1", folder: root + "/models/net/1")) {
            try resolve("net/1").fileName()
        }
        try write("", to: "models/net/1/net.onnx")
        #expect(try resolve("net/1").fileName() == "net.onnx")
        for name in ["../net.onnx", "/etc/passwd"] {
            try write("flavors: {onnx: {data: \(name)}}\n", to: "models/net/1/MLmodel")
            #expect(throws: ModelResolutionError.self) { try resolve("net/1").fileName() }
        }
    }

    @Test(arguments: ["", "x", "-1", "1 2x"])
    func `an alias that holds no version says so`(text: String) throws {
        try write("", to: "models/net/1/model.onnx")
        try write(text, to: "models/net/aliases/a")
        #expect(throws: ModelResolutionError.badAlias("net@a", file: root + "/models/net/aliases/a")) {
            try resolve("net@a")
        }
    }
}
