import ApusCore
import Glibc

/// A lock on a file that ends with this object, or with the process.
final class FileLock: @unchecked Sendable {
    private let descriptor: Int32

    /// `nil` where another process or thread holds it.
    init?(_ path: String) {
        try? FileSystem.createFolder(FileSystem.folder(of: path))
        let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard opened >= 0 else { return nil }
        while flock(opened, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            // A file system without locks: nobody else is known of.
            if errno == ENOLCK || errno == EOPNOTSUPP || errno == EINVAL { break }
            close(opened)
            return nil
        }
        descriptor = opened
    }

    deinit { close(descriptor) }
}

extension FileSystem {
    static func remove(_ path: String) { unlink(path) }
}
