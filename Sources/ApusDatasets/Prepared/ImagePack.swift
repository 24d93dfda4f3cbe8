import ApusAugmentation
import ApusCore
import ApusVision
import CApusHDF5

/// An open pack: images by number, read from a mapping of the file by any thread at once.
final class ImagePack: Sendable {
    let path: String
    let id: String
    let digest: String
    let form: ImageForm
    private let data: MappedColumn<UInt8>
    private let offset: MappedColumn<UInt64>
    private let sha256: MappedColumn<UInt8>
    private let pixels: PixelColumns?

    /// What only a pack of pixels has.
    private struct PixelColumns {
        let source: MappedColumn<UInt8>
        let width, height: MappedColumn<Int32>
    }

    /// Opens a pack and checks its header, extents and order; `damagedItems` checks every byte.
    init(path: String) throws(DatasetError) {
        let mapped: MappedFile
        do throws(FileError) { mapped = try MappedFile(path: path) } catch { throw .file(error) }
        do throws(HDF5Error) {
            let file = try HDF5File.open(path)
            guard try file.string(PackFormat.Attribute.format) == PackFormat.name,
                try file.integer(PackFormat.Attribute.version) == PackFormat.version,
                let form = ImageForm(text: try file.string(PackFormat.Attribute.form))
            else { throw HDF5Error(message: "no pack of images that this version reads") }
            func column<Element>(_ name: String, _ type: apus_h5_type) throws(HDF5Error) -> MappedColumn<Element> {
                try MappedColumn(mapped, layout: try file.layout(of: name), type: type, name: name)
            }
            (self.path, self.form) = (path, form)
            id = try file.string(PackFormat.Attribute.id)
            digest = try file.string(PackFormat.Attribute.digest)
            data = try column(PackFormat.Path.data, APUS_H5_UINT8)
            offset = try column(PackFormat.Path.offset, APUS_H5_UINT64)
            sha256 = try column(PackFormat.Path.sha256, APUS_H5_UINT8)
            pixels =
                form == .encoded
                ? nil
                : PixelColumns(
                    source: try column(PackFormat.Path.source, APUS_H5_UINT8),
                    width: try column(PackFormat.Path.width, APUS_H5_INT32),
                    height: try column(PackFormat.Path.height, APUS_H5_INT32))
            try check()
        } catch {
            throw .damaged(path: path, reason: error.message)
        }
    }

    var count: Int { offset.count - 1 }
    /// Bytes of the images.
    var byteCount: Int { data.count }

    /// The image as it is kept; valid for as long as the pack lives.
    func bytes(_ item: Int) -> UnsafeRawBufferPointer {
        data.bytes(Int(offset[item])..<Int(offset[item + 1]))
    }

    /// Lets the memory go that reading images up to this one took, whole MiB at a time.
    func evict(_ item: Int) {
        let (first, end) = (Int(offset[item]) >> 20, Int(offset[item + 1]) >> 20)
        if end > first { data.evict(first << 20..<end << 20) }
    }

    /// Of the image as it is kept.
    func storedHash(_ item: Int) -> ContentHash { hash(sha256, item) }

    /// Of the file that the image came from.
    func sourceHash(_ item: Int) -> ContentHash { hash(pixels?.source ?? sha256, item) }

    /// The extents that pixels are kept at; `nil` for encoded images.
    func size(_ item: Int) -> ImageSize? {
        pixels.map { ImageSize(width: Int($0.width[item]), height: Int($0.height[item])) }
    }

    private func hash(_ column: MappedColumn<UInt8>, _ item: Int) -> ContentHash {
        ContentHash(bytes: Array(column.bytes(item * 32..<(item + 1) * 32)))
    }

    /// Whether an image's bytes still have their hash.
    func isWhole(_ item: Int) -> Bool { ContentHash(of: bytes(item)) == storedHash(item) }

    /// Whether the hashes are those that the pack is named by.
    var hasItsDigest: Bool {
        var hasher = PackDigest(form: form)
        for item in 0..<count { hasher.add(source: sourceHash(item), stored: storedHash(item)) }
        return hasher.finalize() == digest
    }

    private func check() throws(HDF5Error) {
        guard digest.utf8.count == 64, id == digest.prefix(16) else {
            throw HDF5Error(message: "an id that is not the beginning of the digest")
        }
        guard offset.rises(to: data.count), sha256.count == count * 32 else {
            throw HDF5Error(message: "image offsets out of order")
        }
        guard let pixels else { return }
        guard pixels.source.count == count * 32, pixels.width.count == count, pixels.height.count == count else {
            throw HDF5Error(message: "columns of different lengths")
        }
        for item in 0..<count {
            let (width, height) = (Int(pixels.width[item]), Int(pixels.height[item]))
            guard width > 0, height > 0, bytes(item).count == width * height * 3 else {
                throw HDF5Error(message: "image \(item) is not as large as it says")
            }
        }
    }
}
