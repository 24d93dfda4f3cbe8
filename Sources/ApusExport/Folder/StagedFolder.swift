import ApusCore
import Glibc

/// A folder that appears whole or not at all: it is made under a hidden name beside its place and then renamed.
final class StagedFolder {
    let path: String
    private let destination: String
    private var isPending = true

    init(for destination: String) throws(ExportError) {
        self.destination = destination
        let parent = FileSystem.folder(of: destination)
        path = "\(parent)/.\(FileSystem.fileName(of: destination)).\(getpid()).\(UInt32.random(in: 0 ... .max)).staged"
        guard !FileSystem.exists(destination) else { throw .versionExists(folder: destination) }
        do throws(FileError) { try FileSystem.createFolder(path) } catch { throw .file(error) }
    }

    /// What was never put in place goes away.
    deinit { if isPending { remove(path) } }

    func write(_ text: String, as name: String) throws(ExportError) { try write(Array(text.utf8), as: name) }

    func write(_ bytes: [UInt8], as name: String) throws(ExportError) {
        do throws(FileError) { try FileSystem.writeWhole(bytes, to: path + "/" + name) } catch { throw .file(error) }
    }

    /// Puts the folder in its place, where nothing may be by now.
    func commit() throws(ExportError) {
        guard rename(path, destination) == 0 else {
            guard errno == EEXIST || errno == ENOTEMPTY else { throw .file(FileError("create", destination)) }
            throw .versionExists(folder: destination)
        }
        isPending = false
        syncFolder(FileSystem.folder(of: destination))
    }

    private func remove(_ path: String) {
        if unlink(path) == 0 { return }
        for name in (try? FileSystem.names(in: path)) ?? [] { remove(path + "/" + name) }
        rmdir(path)
    }

    private func syncFolder(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
