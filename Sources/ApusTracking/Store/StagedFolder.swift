import ApusCore
import CApusFiles
import Glibc

/// A folder that is being made in staging, with few calls to the system: files are made by their names in it, and are on
/// their way to the disk while the next are written.
final class StagedFolder {
    let path: String
    private let descriptor: Int32
    private let isDurable: Bool
    /// Files whose bytes may not be on the disk yet.
    private var unsynced = [Int32]()

    /// - Parameter isDurable: whether `sync` brings the files to the disk.
    init(path: String, durable isDurable: Bool) throws(FileError) {
        self.path = path
        self.isDurable = isDurable
        let isMade = mkdir(path, 0o777) == 0
        descriptor = isMade ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1
        guard descriptor >= 0 else { throw FileError("create the folder", path) }
    }

    deinit {
        for file in unsynced { close(file) }
        if descriptor >= 0 { close(descriptor) }
    }

    func makeFolder(_ name: String) throws(FileError) {
        guard mkdirat(descriptor, name, 0o777) == 0 else { throw FileError("create the folder", path + "/" + name) }
    }

    func write(_ text: String, to name: String) throws(FileError) {
        let file = openat(descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw FileError("create", path + "/" + name) }
        do throws(FileError) {
            try writeAll(Array(text.utf8)[...], to: file, path: path + "/" + name)
        } catch {
            close(file)
            throw error
        }
        guard isDurable else {
            close(file)
            return
        }
        _ = apus_files_write_back(file, false)
        unsynced.append(file)
        // A process may have a thousand files open.
        if unsynced.count >= 64 { try settle() }
    }

    /// Writes a key's value into a folder that was made.
    func write(_ value: String, ofKey key: String, in folder: String) throws(TrackingError) {
        if key.utf8.contains(UInt8(ascii: "/")) { try KeyFolder(path: path + "/" + folder).prepare(key) }
        do throws(FileError) {
            try write(value, to: folder + "/" + key)
        } catch {
            guard error.code == EEXIST || error.code == EISDIR else { throw .file(error) }
            throw .keyConflict(key, with: key + "/…")
        }
    }

    /// Brings all files to the disk, and where the order of metadata is not kept the folders too.
    func sync() throws(FileError) {
        guard isDurable else { return }
        try settle()
        if !apus_files_are_ordered(descriptor) { try syncTree(path) }
    }

    private func settle() throws(FileError) {
        defer {
            for file in unsynced { close(file) }
            unsynced = []
        }
        for file in unsynced {
            let code = apus_files_write_back(file, true)
            guard code == 0 else { throw FileError("sync", path, code: code) }
        }
    }
}
