import ApusCore
import Glibc

/// Elements in a file beside the model. <https://onnx.ai/onnx/repo-docs/ExternalData.html>
extension TensorMessage {
    func externalArray(_ shape: Shape, _ type: DataType, byteCount: Int) throws(GraphError) -> NDArray {
        let file = try externalFile()
        let offset = try externalNumber("offset") ?? 0
        let length = try externalNumber("length") ?? byteCount
        guard length == byteCount else { throw wrongSize(length, byteCount, shape, type) }
        guard offset <= file.bytes.count, length <= file.bytes.count - offset else {
            throw .externalData(
                "bytes \(offset) to \(offset)+\(length) of a data file of \(file.bytes.count) bytes", tensor: name)
        }
        let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[offset..<offset + length])
        return window(bytes, in: file.bytes, owner: file, shape, type)
    }

    private func externalNumber(_ key: String) throws(GraphError) -> Int? {
        guard let text = external[key] else { return nil }
        guard let value = Int(text), value >= 0 else { throw .externalData("\(key) '\(text)'", tensor: name) }
        return value
    }

    private func externalFile() throws(GraphError) -> MappedFile {
        guard let folder = context.folder else {
            throw .externalData("external data, but the model comes from memory", tensor: name)
        }
        guard let location = external["location"], !location.isEmpty else {
            throw .externalData("external data without a location", tensor: name)
        }
        if let file = context.externalFiles[location] { return file }
        let file = try map(location, in: folder)
        context.externalFiles[location] = file
        return file
    }

    /// A model file must not reach out of its folder, by `..`, by an absolute path or by a link.
    private func map(_ location: String, in folder: String) throws(GraphError) -> MappedFile {
        let path = FileSystem.resolve(location, relativeTo: folder)
        guard let target = realPath(path), let root = realPath(folder) else {
            throw .externalData("no data file '\(location)'", tensor: name)
        }
        guard target.hasPrefix(root == "/" ? root : root + "/") else {
            throw .externalData("the data file '\(location)' lies outside the model's folder", tensor: name)
        }
        do throws(FileError) { return try MappedFile(path: target) } catch { throw .file(error) }
    }
}

private func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
}
