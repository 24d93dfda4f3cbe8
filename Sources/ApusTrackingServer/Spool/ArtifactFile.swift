import Glibc

/// An artifact, open: it stays what it was, even where another file takes its place meanwhile.
final class ArtifactFile {
    let descriptor: Int32
    let size: Int64
    /// Differs where the file was written anew.
    let stamp: String

    /// `nil` for what is no ordinary file, and for what a link leads to outside `folder`.
    init?(_ path: String, in folder: String) {
        guard let root = resolved(folder), let file = resolved(folder + "/" + path), file.hasPrefix(root + "/") else {
            return nil
        }
        let opened = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        var status = stat()
        guard opened >= 0 else { return nil }
        guard fstat(opened, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(opened)
            return nil
        }
        (descriptor, size) = (opened, Int64(status.st_size))
        stamp = "\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec) \(status.st_size) \(status.st_ino)"
    }

    deinit { close(descriptor) }
}

private func resolved(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
}
