import ApusCore
import Glibc
import Testing

@testable import ApusTracking

/// A folder that is removed with this object.
final class TemporaryFolder: Sendable {
    let path = "/tmp/apus-tracking-\(Identifier.run())"

    init() throws { try FileSystem.createFolder(path) }

    deinit { removeTree(path) }

    func store() throws -> TrackingStore { try TrackingStore(root: path + "/experiments/mlruns") }

    /// A new folder with a store and its experiment `demo`.
    static func withExperiment() throws -> (TemporaryFolder, TrackingStore, Experiment) {
        let folder = try TemporaryFolder(), store = try folder.store()
        return (folder, store, try store.experiment(named: "demo"))
    }

    /// A new folder with a store and its registry.
    static func withRegistry() throws -> (TemporaryFolder, TrackingStore, ModelRegistry) {
        let folder = try TemporaryFolder(), store = try folder.store()
        return (folder, store, ModelRegistry(store))
    }

    /// A new folder with a store and a run in its experiment `demo`.
    static func withRun(
        named name: String? = nil, tags: [String: String] = [:], parameters: [String: String] = ["lr": "0.1"]
    ) throws -> (TemporaryFolder, TrackingStore, Run) {
        let folder = try TemporaryFolder(), store = try folder.store()
        let experiment = try store.experiment(named: "demo", tags: tags)
        return (folder, store, try store.createRun(in: experiment, name: name, parameters: parameters))
    }
}

func append(_ text: String, to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT, 0o666)
    guard descriptor >= 0 else { throw FileError("open", path) }
    defer { close(descriptor) }
    try writeAll(Array(text.utf8)[...], to: descriptor, path: path)
}

/// The folder of this file.
let testFolder = FileSystem.folder(of: #filePath)
