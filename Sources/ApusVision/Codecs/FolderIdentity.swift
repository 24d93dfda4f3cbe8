import Glibc

/// Which folder a path leads to, whatever the path looks like.
public struct FolderIdentity: Hashable, Sendable {
    private let device: dev_t
    private let inode: ino_t

    /// `nil` where the path leads nowhere.
    public init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        (device, inode) = (status.st_dev, status.st_ino)
    }
}
