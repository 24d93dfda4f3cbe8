import ApusAugmentation
import ApusCore
import ApusVision

/// Makes the bytes that a pack keeps of an entry.
struct StoredImageMaker: Sendable {
    let form: ImageForm
    let spill: SpillFile

    func size(of entry: PreparedEntry) -> ImageSize {
        form.storedSize(ImageSize(width: entry.width, height: entry.height))
    }

    func byteCount(of entry: PreparedEntry) -> Int {
        if form == .encoded { return entry.byteCount }
        let size = size(of: entry)
        return size.width * size.height * 3
    }

    func bytes(of entry: PreparedEntry) throws(DatasetError) -> [UInt8] {
        let encoded = try encodedBytes(of: entry)
        if form == .encoded { return encoded }
        let image: Image
        do throws(ImageError) { image = try Image(decoding: encoded, name: entry.name) } catch {
            throw .unreadableSource(path: entry.name, line: nil, reason: "\(error)")
        }
        let size = size(of: entry)
        return image.resized(width: size.width, height: size.height).pixels
    }

    /// The bytes that were checked; a file that changed meanwhile is refused.
    private func encodedBytes(of entry: PreparedEntry) throws(DatasetError) -> [UInt8] {
        let (path, bytes) = try readAgain(entry)
        guard bytes.withUnsafeBytes({ ContentHash(of: $0) }) == entry.hash else {
            throw .unreadableSource(path: path, line: nil, reason: "the file changed while it was prepared")
        }
        return bytes
    }

    private func readAgain(_ entry: PreparedEntry) throws(DatasetError) -> (path: String, bytes: [UInt8]) {
        switch entry.content {
        case .spilled(let place): return (entry.name, try spill.read(place))
        case .file(let path):
            do throws(FileError) { return (path, try FileSystem.read(path)) } catch { throw .file(error) }
        }
    }
}
