import ApusCore
import Glibc

/// A folder of its own below /tmp, removed with its files when the value goes.
final class TemporaryFolder {
    let path = "/tmp/apus-inference-tests-\(getpid())-\(UInt32.random(in: 0 ... .max))"

    init() throws { try FileSystem.createFolder(path) }

    deinit {
        for name in (try? FileSystem.names(in: path)) ?? [] { unlink(path + "/" + name) }
        rmdir(path)
    }
}
