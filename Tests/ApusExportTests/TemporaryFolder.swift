import ApusCore
import Glibc

/// A folder that goes away with its owner.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = "/tmp/apus-export-\(UInt64.random(in: 0 ... .max))"
        try FileSystem.createFolder(path)
    }

    deinit { remove(path) }

    private func remove(_ path: String) {
        if unlink(path) == 0 { return }
        for name in (try? FileSystem.names(in: path)) ?? [] { remove(path + "/" + name) }
        rmdir(path)
    }
}
