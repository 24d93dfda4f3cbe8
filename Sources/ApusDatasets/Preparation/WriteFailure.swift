import ApusCore
import Glibc

/// Either kind of failure while a prepared file is written.
enum WriteFailure: Error {
    case hdf5(HDF5Error)
    case dataset(DatasetError)

    static func wrap<R>(_ body: () throws(HDF5Error) -> R) throws(WriteFailure) -> R {
        do throws(HDF5Error) { return try body() } catch { throw .hdf5(error) }
    }

    static func wrap<R>(_ body: () throws(DatasetError) -> R) throws(WriteFailure) -> R {
        do throws(DatasetError) { return try body() } catch { throw .dataset(error) }
    }

    /// A full disk is named as such; libhdf5 says it in its own words.
    func datasetError(path: String) -> DatasetError {
        switch self {
        case .dataset(let error): error
        case .hdf5(let error) where error.message.contains("No space left"):
            .file(FileError("write", path, code: ENOSPC))
        case .hdf5(let error) where error.message.contains("File too large"):
            .file(FileError("write", path, code: EFBIG))
        case .hdf5(let error): .unwritable(path: path, reason: error.message)
        }
    }
}

/// Syncs a temporary file and gives it its final name.
func publish(_ temporary: String, as path: String) throws(FileError) {
    let descriptor = open(temporary, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError("open", temporary) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw FileError("sync", path) }
    guard rename(temporary, path) == 0 else { throw FileError("rename", temporary) }
    let folder = open(FileSystem.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
}
