import ApusCore
import Glibc

/// A file that is written piece by piece; the last write, or `close`, reports what the disk did not take.
final class OutputFile {
    let path: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    private static let capacity = 1 << 18

    /// Creates the file and the folders above it.
    init(_ path: String) throws(DatasetError) {
        self.path = path
        do throws(FileError) {
            try FileSystem.createFolder(FileSystem.folder(of: path))
            descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            guard descriptor >= 0 else { throw FileError("create", path) }
        } catch {
            throw .file(error)
        }
    }

    deinit { Glibc.close(descriptor) }

    func write(_ text: String) throws(DatasetError) { try write(text.utf8) }

    func write(_ bytes: some Collection<UInt8>) throws(DatasetError) {
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.capacity { try flush() }
    }

    /// Writes everything; the whole folder is synced at the end.
    func close() throws(DatasetError) { try flush() }

    /// Writes `bytes` over what stands at `offset`.
    func overwrite(_ bytes: [UInt8], at offset: Int) throws(DatasetError) {
        try flush()
        guard pwrite(descriptor, bytes, bytes.count, off_t(offset)) == bytes.count else {
            throw .file(FileError("write", path))
        }
    }

    /// Appends a file.
    func append(contentsOf path: String) throws(DatasetError) {
        do throws(FileError) {
            let file = try MappedFile(path: path)
            defer { withExtendedLifetime(file) {} }
            var start = 0
            while start < file.bytes.count {
                let end = min(start + Self.capacity, file.bytes.count)
                do throws(DatasetError) { try write(file.bytes[start..<end]) } catch {
                    if case .file(let error) = error { throw error }
                }
                start = end
            }
        } catch {
            throw .file(error)
        }
    }

    private func flush() throws(DatasetError) {
        var written = 0
        while written < buffer.count {
            let count = buffer.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress! + written, $0.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw .file(FileError("write", path)) }
            written += count
        }
        buffer.removeAll(keepingCapacity: true)
    }
}
