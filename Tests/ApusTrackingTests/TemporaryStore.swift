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
}

func append(_ text: String, to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT, 0o666)
    guard descriptor >= 0 else { throw FileError("open", path) }
    defer { close(descriptor) }
    try writeAll(Array(text.utf8)[...], to: descriptor, path: path)
}

/// The folder of this file.
let testFolder = FileSystem.folder(of: #filePath)
