import ApusDigest
import ApusVision

/// SHA-256 of some bytes.
struct ContentHash: Hashable, Sendable {
    /// 32 bytes.
    let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    init(of content: UnsafeRawBufferPointer) { bytes = SHA256.hash(content) }

    var hexadecimal: String { ApusDigest.hexadecimal(bytes) }
}

/// The digest that names a version: a function of the recipe, the images' contents and the labels, and of nothing
/// else, neither of places nor of times.
///
/// Texts are preceded by their length, numbers are little-endian, so that no two contents share their bytes.
struct VersionDigest {
    private var hasher = SHA256()

    init(name: String, classNames: [String], recipe: String) {
        add(text: PreparedFormat.name)
        add(number: PreparedFormat.version)
        add(text: name)
        add(number: classNames.count)
        for name in classNames { add(text: name) }
        add(text: recipe)
    }

    /// Images come in the order of the file.
    mutating func add(_ record: PreparedDataset.Record, contentHash: ContentHash) {
        add(text: record.name)
        add(text: record.split.rawValue)
        hasher.update(contentHash.bytes)
        for number in [record.width, record.height, record.boxes.count] { add(number: number) }
        for box in record.boxes {
            for value in [box.box.minX, box.box.minY, box.box.maxX, box.box.maxY] {
                add(number: Int(value.bitPattern))
            }
            add(number: box.label)
            add(number: box.isCrowd ? 1 : 0)
        }
    }

    /// 64 hexadecimal digits.
    func finalize() -> String { hexadecimal(hasher.finalized()) }

    private mutating func add(text: String) {
        let bytes = Array(text.utf8)
        add(number: bytes.count)
        hasher.update(bytes)
    }

    private mutating func add(number: Int) {
        withUnsafeBytes(of: Int64(number).littleEndian) { hasher.update($0) }
    }
}
