import Glibc
import ApusCore
@testable import ApusONNX

/// What the oracles wrote.
enum Goldens {
    static let folder = FileSystem.folder(of: #filePath) + "/Oracles"

    static func path(_ name: String) -> String { folder + "/" + name }
    static func model(_ name: String) throws -> Model { try Model(contentsOf: path(name)) }

    /// One of every kind of thing that a model file can hold.
    static let names = ["types.onnx", "attributes.onnx", "functions.onnx", "external/model.onnx"]
}

/// A folder that goes away with its owner.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = "/tmp/apus-onnx-\(UInt64.random(in: 0 ... .max))"
        try FileSystem.createFolder(path)
    }

    deinit { remove(path) }

    private func remove(_ path: String) {
        for name in (try? FileSystem.names(in: path)) ?? [] {
            let entry = path + "/" + name
            if unlink(entry) != 0 { remove(entry) }
        }
        rmdir(path)
    }
}
