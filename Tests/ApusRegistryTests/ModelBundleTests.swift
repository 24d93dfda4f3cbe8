import ApusConfiguration
import ApusCore
import ApusDigest
import ApusTracking
import Glibc
import Testing

@testable import ApusRegistry

@Suite struct ModelBundleTests {
    private let workspace: RegistryWorkspace
    private let target: TemporaryFolder

    init() throws {
        (workspace, target) = (try RegistryWorkspace(), try TemporaryFolder())
        try workspace.register()
        try workspace.registry.setAlias("champion", of: "net", to: 1)
    }

    private func export(_ text: String, alias: String? = nil) throws -> String {
        try ModelBundle(folder: target.path).add(workspace.registry.resolve(text), alias: alias)
    }

    @Test func `the copy is found by alias and version, without a registry`() throws {
        let folder = try export("net@champion", alias: "champion")
        #expect(folder == target.path + "/models/net/1")
        let resolver = ModelResolver(workspace: target.path)
        for text in ["net@champion", "net/1", "net", "models:/net@champion"] {
            #expect(try resolver.resolve(#require(ModelReference(text))).folder == folder)
        }
        try #require(try ChecksumList(in: folder)).verify(in: folder)
        #expect(FileSystem.exists(folder + "/README.html"))
    }

    @Test func `a changed byte is not handed on`() throws {
        let file = workspace.models + "/net/1/model.onnx"
        var bytes = try FileSystem.read(file)
        bytes[bytes.count / 2] ^= 1
        try FileSystem.writeWhole(bytes, to: file)
        #expect(throws: ChecksumError.self) { try export("net/1") }
        // Nor is one whose list was changed with it.
        try ModelFolder.seal(workspace.models + "/net/1")
        #expect(throws: ChecksumError.self) { try export("net/1") }
        #expect(!FileSystem.exists(target.path + "/models/net/1"))
    }

    @Test func `nothing is overwritten`() throws {
        _ = try export("net/1")
        _ = try export("net@champion", alias: "champion")
        #expect(try FileSystem.readText(target.path + "/models/net/aliases/champion") == "1")
        let file = target.path + "/models/net/1/model.onnx"
        try FileSystem.writeWhole("other", to: file)
        #expect(throws: RegistryError.otherVersion(target.path + "/models/net/1")) { try export("net/1") }
        #expect(try FileSystem.readText(file) == "other")
    }

    @Test func `a link that leads out of the folder is not followed`() throws {
        try FileSystem.writeWhole("secret", to: workspace.path + "/secret")
        #expect(symlink(workspace.path + "/secret", workspace.models + "/net/1/notes") == 0)
        #expect(throws: RegistryError.linkOutside(workspace.models + "/net/1/notes")) { try export("net/1") }
    }

    @Test func `a copied workspace answers with its own files`() throws {
        let record = VersionRecord(try workspace.registry.version(1, of: "net"), in: workspace.registry)
        #expect(record.problems.isEmpty && record.model?.folder == workspace.models + "/net/1")
        for part in [
            "experiments/mlruns/models/net/version-1", "experiments/mlruns/models/net/aliases", "models/net/1",
        ] {
            try FileSystem.createFolder(target.path + "/" + part)
            for name in try FileSystem.names(in: workspace.path + "/" + part) {
                let from = "\(workspace.path)/\(part)/\(name)"
                if FileSystem.isFolder(from) { continue }
                try FileSystem.writeWhole(FileSystem.read(from), to: "\(target.path)/\(part)/\(name)")
            }
        }
        let reference = try #require(ModelReference("net@champion"))
        #expect(try ModelResolver(workspace: target.path).resolve(reference).folder == target.path + "/models/net/1")
    }
}
