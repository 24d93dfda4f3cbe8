import ApusCore
import Glibc

/// Reads the small files of one folder with few calls to the system: names are looked up from the folder, and all files
/// share one buffer.
struct FolderReader: ~Copyable {
    let path: String
    private let descriptor: Int32
    private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 14, alignment: 16)

    /// - Parameter parent: an open folder that `path` begins at, or `AT_FDCWD`.
    init(path: String, in parent: Int32 = AT_FDCWD) throws(FileError) {
        self.path = path
        descriptor = openat(parent, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open", path) }
    }

    deinit {
        buffer.deallocate()
        close(descriptor)
    }

    func isFolder(_ name: String) -> Bool {
        var status = stat()
        return fstatat(descriptor, name, &status, 0) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// One file's text and its stamp from before the reading.
    mutating func text(of name: String) throws(FileError) -> (text: String, stamp: FileStamp) {
        let (bytes, stamp) = try read(name, in: descriptor)
        return (String(decoding: bytes, as: UTF8.self), stamp)
    }

    /// Shows every file of a folder in this one and of the folders in it, with its key. Links to folders are passed
    /// over, a folder that is missing has no files.
    mutating func forEach(
        in folder: String, _ body: (String, UnsafeRawBufferPointer, FileStamp) throws(FileError) -> Void
    ) throws(FileError) {
        let child = openat(descriptor, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard child >= 0 else {
            if errno == ENOENT { return }
            throw FileError("list", path + "/" + folder)
        }
        try forEach(child, folder, prefix: "", body)
    }

    private mutating func forEach(
        _ folder: Int32, _ place: String, prefix: String,
        _ body: (String, UnsafeRawBufferPointer, FileStamp) throws(FileError) -> Void
    ) throws(FileError) {
        guard let stream = fdopendir(folder) else {
            close(folder)
            throw FileError("list", path + "/" + place)
        }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name == "." || name == ".." { continue }
            switch kind(of: name, Int(entry.pointee.d_type), in: folder) {
            case .file:
                let (bytes, stamp) = try read(name, in: folder, shown: place)
                try body(prefix.isEmpty ? name : prefix + name, bytes, stamp)
            case .folder:
                let child = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                guard child >= 0 else { throw FileError("list", "\(path)/\(place)/\(name)") }
                try forEach(child, "\(place)/\(name)", prefix: "\(prefix)\(name)/", body)
            case .other: continue
            }
        }
    }

    private enum Kind { case file, folder, other }

    private func kind(of name: String, _ type: Int, in folder: Int32) -> Kind {
        switch type {
        case Int(DT_REG): return .file
        case Int(DT_DIR): return .folder
        default: break
        }
        var own = stat(), target = stat()
        guard fstatat(folder, name, &own, AT_SYMLINK_NOFOLLOW) == 0 else { return .file }
        if own.st_mode & S_IFMT == S_IFDIR { return .folder }
        let isFolder = fstatat(folder, name, &target, 0) == 0 && target.st_mode & S_IFMT == S_IFDIR
        return isFolder ? .other : .file
    }

    private mutating func read(
        _ name: String, in folder: Int32, shown place: String = ""
    ) throws(FileError) -> (bytes: UnsafeRawBufferPointer, stamp: FileStamp) {
        // A pipe without a writer would be waited for.
        let file = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw failure("open", name, place) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw failure("inspect", name, place) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw failure("read", name, place, code: EISDIR) }
        let size = Int(status.st_size)
        if size >= buffer.count {
            buffer.deallocate()
            buffer = .allocate(byteCount: size + 1, alignment: 16)
        }
        var count = 0
        while count < size {
            let read = Glibc.read(file, buffer.baseAddress.map { $0 + count }, size - count)
            if read < 0 && errno == EINTR { continue }
            guard read >= 0 else { throw failure("read", name, place) }
            if read == 0 { break }
            count += read
        }
        return (UnsafeRawBufferPointer(rebasing: buffer[..<count]), FileStamp(status))
    }

    private func failure(_ operation: String, _ name: String, _ place: String, code: Int32 = errno) -> FileError {
        FileError(operation, path + "/" + (place.isEmpty ? "" : place + "/") + name, code: code)
    }
}
