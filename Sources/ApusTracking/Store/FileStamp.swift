import ApusCore
import Glibc

/// What tells a file's state without reading it: a file with an equal stamp holds what it held.
struct FileStamp: Equatable, Sendable {
    /// Nanoseconds since 1970.
    var modified: Int64
    var size: Int64
    var inode: UInt64

    /// Equals no file's stamp.
    static let unknown = FileStamp(modified: -1, size: -1, inode: 0)

    /// Stands for no file.
    static let absent = FileStamp(modified: 0, size: -1, inode: 0)

    init(modified: Int64, size: Int64, inode: UInt64) {
        self.modified = modified
        self.size = size
        self.inode = inode
    }

    init(_ status: stat) {
        modified = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
        size = Int64(status.st_size)
        inode = UInt64(status.st_ino)
    }

    /// The stamp of the file at `path` below an open folder; `nil` where there is no file.
    init?(of path: String, in folder: Int32) {
        var status = stat()
        guard fstatat(folder, path, &status, 0) == 0, status.st_mode & S_IFMT != S_IFDIR else { return nil }
        self.init(status)
    }

    /// A file that was written just before it was read may be written again within its clock's resolution, so that
    /// its stamp stays: such a stamp is not to be relied on.
    func settled(at now: Int64) -> FileStamp {
        now &- modified < FileStamp.resolution ? .unknown : self
    }

    /// Two seconds: the coarsest clock of a file system that stores are kept on.
    static let resolution: Int64 = 2_000_000_000
}

/// A file or folder in a folder.
struct FolderEntry {
    var name: String
    /// Whether it is a folder itself, a link to one too.
    var isFolder: Bool
    var isLink = false
}

/// What is in a folder, sorted by name.
func folderEntries(_ path: String) throws(FileError) -> [FolderEntry] {
    guard let stream = opendir(path) else { throw FileError("list", path) }
    defer { closedir(stream) }
    var entries = [FolderEntry]()
    while let entry = readdir(stream) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        guard name != ".", name != ".." else { continue }
        switch Int(entry.pointee.d_type) {
        case Int(DT_DIR): entries.append(FolderEntry(name: name, isFolder: true))
        case Int(DT_REG): entries.append(FolderEntry(name: name, isFolder: false))
        case Int(DT_LNK):
            entries.append(FolderEntry(name: name, isFolder: FileSystem.isFolder(path + "/" + name), isLink: true))
        default: entries.append(FolderEntry(name: name, isFolder: FileSystem.isFolder(path + "/" + name)))
        }
    }
    return entries.sorted { $0.name < $1.name }
}
