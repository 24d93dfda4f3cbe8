import Glibc

/// Held by the one preparation that works in a folder; a second waits until it ends, however it ends.
final class FolderLock {
    private let descriptor: Int32

    /// Without a lock where the folder takes none: what cannot be written to needs none.
    init(folder: String) {
        descriptor = open(folder + "/.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { return }
        while flock(descriptor, LOCK_EX) != 0 && errno == EINTR {}
    }

    deinit { if descriptor >= 0 { close(descriptor) } }
}
