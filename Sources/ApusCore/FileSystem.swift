import Glibc

/// A file operation that the system refused.
public struct FileError: Error, Equatable, CustomStringConvertible {
    public var operation: String
    public var path: String
    public var code: Int32

    public init(_ operation: String, _ path: String, code: Int32 = errno) {
        self.operation = operation
        self.path = path
        self.code = code
    }

    public var description: String { "cannot \(operation) \(path): \(String(cString: strerror(code)))\(remedy)" }

    private var remedy: String {
        switch code {
        case ENOSPC, EDQUOT: "; free some space and run the command again"
        case EACCES, EPERM, EROFS: "; check the permissions"
        case ENOENT where path.unicodeScalars.contains("\u{FFFD}"): "; if its name is not UTF-8, rename it"
        case ENOENT: "; check the path"
        case ENOTSUP: "; give an ordinary file"
        case EFBIG: "; raise the limit on the size of files (ulimit -f)"
        default: ""
        }
    }
}

/// A whole file, mapped read-only for as long as this object lives.
public final class MappedFile: @unchecked Sendable {
    public let bytes: UnsafeRawBufferPointer

    public init(path: String) throws(FileError) {
        // Without O_NONBLOCK a named pipe that nobody writes to would be waited for.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError("open", path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError("inspect", path) }
        let kind = status.st_mode & S_IFMT
        guard kind == S_IFREG else { throw FileError("read", path, code: kind == S_IFDIR ? EISDIR : ENOTSUP) }
        guard status.st_size > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        let address = mmap(nil, Int(status.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard address != MAP_FAILED, let address else { throw FileError("map", path) }
        bytes = UnsafeRawBufferPointer(start: address, count: Int(status.st_size))
    }

    /// Lets the memory of whole pages within `part` go; whoever reads them again gets them from the file.
    public func evict(_ part: UnsafeRawBufferPointer) {
        let page = sysconf(Int32(_SC_PAGESIZE))
        guard let base = part.baseAddress, page > 0 else { return }
        let start = Int(bitPattern: base), first = (start + page - 1) / page * page
        let end = (start + part.count) / page * page
        guard end > first, let address = UnsafeMutableRawPointer(bitPattern: first) else { return }
        madvise(address, end - first, MADV_DONTNEED)
    }

    deinit {
        if let base = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: base), bytes.count) }
    }
}

/// Plain reads, and writes that are whole or not there at all.
public enum FileSystem {
    public static func read(_ path: String) throws(FileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open", path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError("inspect", path) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw FileError("read", path, code: EISDIR) }
        var bytes = [UInt8]()
        bytes.reserveCapacity(Int(status.st_size))
        var chunk = [UInt8](repeating: 0, count: max(min(Int(status.st_size), 1 << 20), 1 << 12))
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileError("read", path) }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    public static func readText(_ path: String) throws(FileError) -> String {
        String(decoding: try read(path), as: UTF8.self)
    }

    /// Writes a temporary file beside `path`, syncs it, renames it over `path` and syncs the folder:
    /// whoever opens `path` sees the old bytes or the new ones, never a part. A device, such as /dev/stdout, is written
    /// to as it is.
    public static func writeWhole(_ bytes: UnsafeRawBufferPointer, to path: String) throws(FileError) {
        try writeWhole([bytes], to: path)
    }

    /// The same for bytes that lie in several places.
    static func writeWhole(_ parts: [UnsafeRawBufferPointer], to path: String) throws(FileError) {
        if isDevice(path) { return try write(parts, to: path, O_WRONLY) }
        let temporary = "\(path).\(getpid()).\(UInt32.random(in: 0 ... .max)).tmp"
        do throws(FileError) {
            try write(parts, to: temporary, O_WRONLY | O_CREAT | O_EXCL)
            guard rename(temporary, path) == 0 else { throw FileError("rename", temporary) }
        } catch {
            unlink(temporary)
            throw FileError(error.operation, path, code: error.code)
        }
        syncFolder(of: path)
    }

    public static func writeWhole(_ bytes: [UInt8], to path: String) throws(FileError) {
        var failure: FileError?
        bytes.withUnsafeBytes { buffer in
            do throws(FileError) { try writeWhole(buffer, to: path) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    public static func writeWhole(_ text: String, to path: String) throws(FileError) {
        try writeWhole(Array(text.utf8), to: path)
    }

    /// Creates a folder and the folders above it.
    public static func createFolder(_ path: String) throws(FileError) {
        guard !isFolder(path), !path.isEmpty else { return }
        let parent = folder(of: path)
        if parent != path { try createFolder(parent) }
        if mkdir(path, 0o777) == 0 { return }
        guard errno == EEXIST else { throw FileError("create the folder", path) }
        // Another process may have made it just now; a file of that name is in the way.
        guard isFolder(path) else { throw FileError("create the folder", path, code: ENOTDIR) }
    }

    public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    public static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The names in a folder, sorted, without `.` and `..`.
    public static func names(in path: String) throws(FileError) -> [String] {
        guard let stream = opendir(path) else { throw FileError("list", path) }
        defer { closedir(stream) }
        var names = [String]()
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    public static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    public static func fileName(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }

    /// `path` itself where it is absolute, else below `folder`.
    public static func resolve(_ path: String, relativeTo folder: String) -> String {
        if path.hasPrefix("/") { return path }
        return folder == "." || folder.isEmpty ? path : folder + "/" + path
    }

    /// What is there and neither a file nor a folder.
    private static func isDevice(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
    }

    private static func write(
        _ parts: [UnsafeRawBufferPointer], to path: String, _ flags: Int32
    ) throws(FileError) {
        let descriptor = open(path, flags | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw FileError("create", path) }
        defer { close(descriptor) }
        for var rest in parts {
            while let base = rest.baseAddress, !rest.isEmpty {
                let count = Glibc.write(descriptor, base, rest.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { throw FileError("write", path) }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
        // Devices and pipes cannot be synced.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw FileError("sync", path) }
    }

    private static func syncFolder(of path: String) {
        let descriptor = open(folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
