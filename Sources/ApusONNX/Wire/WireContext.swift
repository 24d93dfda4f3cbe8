import ApusCore

/// The bytes that a model is read from, and what keeps them alive.
final class WireContext {
    /// How messages call the file.
    let file: String
    let bytes: UnsafeRawBufferPointer
    let owner: AnyObject
    /// The folder that may hold external data; `nil` for a model that comes from memory.
    let folder: String?
    var externalFiles: [String: MappedFile] = [:]

    init(mapping path: String) throws(GraphError) {
        do throws(FileError) {
            let mapped = try MappedFile(path: path)
            (file, bytes, owner, folder) = (path, mapped.bytes, mapped, FileSystem.folder(of: path))
        } catch {
            throw .file(error)
        }
    }

    init(copying bytes: [UInt8], name: String) {
        let storage = Storage(byteCount: bytes.count)
        bytes.withUnsafeBytes { source in
            if let base = source.baseAddress { storage.base.copyMemory(from: base, byteCount: source.count) }
        }
        (file, owner, folder) = (name, storage, nil)
        self.bytes = UnsafeRawBufferPointer(start: storage.base, count: bytes.count)
    }
}
