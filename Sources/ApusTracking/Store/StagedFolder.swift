import ApusCore
import Glibc

/// A folder that is being made in staging, with few calls to the system: files are made by their names in it.
struct StagedFolder: ~Copyable {
    let path: String
    private let descriptor: Int32

    init(path: String) throws(FileError) {
        self.path = path
        let isMade = mkdir(path, 0o777) == 0
        descriptor = isMade ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1
        guard descriptor >= 0 else { throw FileError("create the folder", path) }
    }

    deinit { close(descriptor) }

    func makeFolder(_ name: String) throws(FileError) {
        guard mkdirat(descriptor, name, 0o777) == 0 else { throw FileError("create the folder", path + "/" + name) }
    }

    func write(_ text: String, to name: String) throws(FileError) {
        let file = openat(descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw FileError("create", path + "/" + name) }
        defer { close(file) }
        try writeAll(Array(text.utf8)[...], to: file, path: path + "/" + name)
    }

    /// Makes a folder whose files are values by key.
    func writeValues(_ values: [String: String], to folder: String) throws(TrackingError) {
        try onFiles { () throws(FileError) in try makeFolder(folder) }
        for (key, value) in values {
            if key.utf8.contains(UInt8(ascii: "/")) { try KeyFolder(path: path + "/" + folder).prepare(key) }
            do throws(FileError) {
                try write(value, to: folder + "/" + key)
            } catch {
                guard error.code == EEXIST || error.code == EISDIR else { throw .file(error) }
                throw .keyConflict(key, with: key + "/…")
            }
        }
    }
}
