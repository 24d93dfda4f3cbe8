import ApusCore
import ApusTracking
import Glibc

/// A folder that appears whole or not at all: it is made under a hidden name beside its place and then renamed.
public final class StagedFolder {
    public let path: String
    private let destination: String
    private var isPending = true

    /// - Throws: with the system's `EEXIST` where something is at `destination`.
    public init(for destination: String) throws(FileError) {
        self.destination = destination
        let parent = FileSystem.folder(of: destination)
        path = "\(parent)/\(StagedVersion.name(for: FileSystem.fileName(of: destination)))"
        guard !FileSystem.exists(destination) else { throw FileError("create", destination, code: EEXIST) }
        try FileSystem.createFolder(path)
    }

    /// What was never put in place goes away.
    deinit { if isPending { removeTree(path) } }

    public func write(_ text: String, as name: String) throws(FileError) { try write(Array(text.utf8), as: name) }

    public func write(_ bytes: [UInt8], as name: String) throws(FileError) {
        let target = path + "/" + name
        try FileSystem.createFolder(FileSystem.folder(of: target))
        try FileSystem.writeWhole(bytes, to: target)
    }

    /// Copies a file.
    public func copy(_ source: String, as name: String) throws(FileError) {
        let target = path + "/" + name
        try FileSystem.createFolder(FileSystem.folder(of: target))
        let file = try MappedFile(path: source)
        defer { withExtendedLifetime(file) {} }
        try FileSystem.writeWhole(file.bytes, to: target)
    }

    /// Puts the folder in its place, where nothing may be by now.
    public func commit() throws(FileError) {
        guard rename(path, destination) == 0 else {
            throw FileError("create", destination, code: errno == ENOTEMPTY ? EEXIST : errno)
        }
        isPending = false
        syncFolder(FileSystem.folder(of: destination))
    }

    private func syncFolder(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
