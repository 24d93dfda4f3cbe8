import ApusAugmentation
import ApusCore
import Glibc

/// One COCO annotation file, mapped: what it says of images and classes is read at once, and its annotations, found by
/// image, when they are asked for.
///
/// A file of a million annotations so costs 24 bytes for each in memory, whatever their polygons take.
final class COCOFile: Sendable {
    struct Image: Sendable {
        var id: Int
        var name: String
        var size: ImageSize?
        var line: Int
    }

    let path: String
    let images: [Image]
    /// By id.
    let categories: [Int: AnnotationClass]
    let faults: [Fault]
    private let bytes: HeldBytes
    private let index: COCOIndex
    /// Annotations since the memory that reading them took was let go.
    private let readCount = Mutex(0)

    private static let mostRead = 4096

    private func letGo(after count: Int) {
        let isDue = readCount.withLock { read in
            read += count
            guard read >= Self.mostRead else { return false }
            read = 0
            return true
        }
        if isDue { bytes.evict(0..<bytes.bytes.count) }
    }

    convenience init(path: String) throws(DatasetError) {
        let file: MappedFile
        do throws(FileError) { file = try MappedFile(path: path) } catch { throw .file(error) }
        try self.init(HeldBytes(file), path: path)
    }

    /// - Parameter path: what errors call these bytes.
    init(_ bytes: HeldBytes, path: String) throws(DatasetError) {
        (self.bytes, self.path) = (bytes, path)
        var outline = COCOOutline(path: path)
        do throws(JSONError) {
            try outline.parse(bytes)
        } catch {
            throw .unreadableSource(path: path, line: error.line, reason: "not COCO JSON: \(error.reason)")
        }
        (images, categories, faults) = (outline.images, outline.categories, outline.faults)
        bytes.evict(0..<bytes.bytes.count)
        index = COCOIndex(outline.places)
    }

    /// Ids of images that annotations name and that are not in the file, with the line of the first such annotation.
    func strayImages() -> [(id: Int, line: Int, count: Int)] {
        let known = Set(images.map(\.id))
        return index.images.filter { !known.contains($0.id) }
    }

    /// The annotations of an image in the order of the file.
    func labels(of image: Image, size: ImageSize, classes: ClassTable) -> SourceLabels {
        var labels = SourceLabels(declaredSize: image.size)
        let reader = COCOAnnotationReader(path: path, categories: categories, classes: classes, size: size)
        let places = index.places(ofImage: image.id)
        for place in places { reader.read(bytes.bytes, at: place, into: &labels) }
        letGo(after: places.count)
        return labels
    }
}

/// Bytes that stay where they are for as long as this object lives: a mapped file's, or a copy.
final class HeldBytes: @unchecked Sendable {
    let bytes: UnsafeRawBufferPointer
    private let file: MappedFile?

    init(_ file: MappedFile) { (self.file, bytes) = (file, file.bytes) }

    init(copying bytes: some Collection<UInt8>) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        copy.copyBytes(from: bytes)
        (file, self.bytes) = (nil, UnsafeRawBufferPointer(copy))
    }

    deinit { if file == nil { bytes.deallocate() } }

    /// Lets the memory of a mapped file's pages go: they are read from the file again.
    func evict(_ range: Range<Int>) { file?.evict(UnsafeRawBufferPointer(rebasing: bytes[range])) }
}

/// Where an annotation begins.
struct COCOPlace: Sendable {
    var image: Int
    var offset: Int
    var line: Int
}

/// Annotations by image.
private struct COCOIndex: Sendable {
    /// By image, then as in the file.
    private let places: [COCOPlace]

    init(_ places: [COCOPlace]) { self.places = places.sorted { ($0.image, $0.offset) < ($1.image, $1.offset) } }

    func places(ofImage id: Int) -> ArraySlice<COCOPlace> {
        let start = lowerBound(of: id)
        return places[start...].prefix { $0.image == id }
    }

    var images: [(id: Int, line: Int, count: Int)] {
        var result = [(id: Int, line: Int, count: Int)]()
        for place in places {
            if result.last?.id == place.image {
                result[result.count - 1].count += 1
            } else {
                result.append((place.image, place.line, 1))
            }
        }
        return result
    }

    private func lowerBound(of id: Int) -> Int {
        var (low, high) = (0, places.count)
        while low < high {
            let middle = (low + high) / 2
            if places[middle].image < id { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// The first walk through a file: all but what its annotations say.
private struct COCOOutline {
    let path: String
    var images: [COCOFile.Image] = []
    var categories: [Int: AnnotationClass] = [:]
    var places: [COCOPlace] = []
    var faults: [Fault] = []

    /// Bytes after which those before are let go.
    private static let piece = 8 << 20

    init(path: String) { self.path = path }

    mutating func parse(_ held: HeldBytes) throws(JSONError) {
        var cursor = JSONCursor(held.bytes)
        var outline = self
        var seen = 0
        try cursor.object { (key, cursor) throws(JSONError) in
            switch key {
            case "images": try cursor.array { (cursor) throws(JSONError) in try outline.image(&cursor) }
            case "annotations":
                try cursor.array { (cursor) throws(JSONError) in
                    try outline.annotation(&cursor)
                    guard cursor.offset - seen >= Self.piece else { return }
                    held.evict(seen..<cursor.offset)
                    seen = cursor.offset
                }
            case "categories": try cursor.array { (cursor) throws(JSONError) in try outline.category(&cursor) }
            default: try cursor.skip()
            }
        }
        try cursor.end()
        self = outline
    }

    private mutating func image(_ cursor: inout JSONCursor) throws(JSONError) {
        let line = cursor.line
        var id: Int?, name: String?, width: Int?, height: Int?
        try cursor.members { (key, cursor) throws(JSONError) in
            switch key {
            case "id": id = try cursor.integer()
            case "file_name": name = try cursor.identifier()
            case "width": width = try cursor.integer()
            case "height": height = try cursor.integer()
            default: try cursor.skip()
            }
        }
        guard let id, let name, !name.isEmpty else {
            return addFault(line, "an image without id or file_name; left out")
        }
        let size = width.flatMap { width in height.map { ImageSize(width: width, height: $0) } }
        images.append(COCOFile.Image(id: id, name: name, size: size, line: line))
    }

    private mutating func annotation(_ cursor: inout JSONCursor) throws(JSONError) {
        let (offset, line) = (cursor.offset, cursor.line)
        var image: Int?
        try cursor.members { (key, cursor) throws(JSONError) in
            if key == "image_id" { image = try cursor.integer() } else { try cursor.skip() }
        }
        guard let image else { return addFault(line, "an annotation without image_id; left out") }
        places.append(COCOPlace(image: image, offset: offset, line: line))
    }

    private mutating func category(_ cursor: inout JSONCursor) throws(JSONError) {
        let line = cursor.line
        var id: Int?, name: String?
        var category = AnnotationClass("")
        try cursor.members { (key, cursor) throws(JSONError) in
            switch key {
            case "id": id = try cursor.integer()
            case "name": name = try cursor.identifier()
            case "supercategory": category.group = try cursor.identifier()
            case "keypoints": category.keypoints = try cursor.texts()
            case "skeleton": category.skeleton = try cursor.pairs()
            default: try cursor.skip()
            }
        }
        guard let id, let name else { return addFault(line, "a category without id or name; left out") }
        (category.id, category.name) = (id, name)
        categories[id] = category
    }

    private mutating func addFault(_ line: Int, _ message: String) {
        faults.append(Fault(.malformedLabels, file: path, line: line, message: message))
    }
}

extension JSONCursor {
    /// The members of an object; nothing where the next value is something else.
    mutating func members(
        _ member: (String, inout JSONCursor) throws(JSONError) -> Void
    ) throws(JSONError) {
        if nextIsObject { try object(member) } else { try skip() }
    }

    /// The elements of a list; nothing where the next value is something else.
    mutating func elements(_ element: (inout JSONCursor) throws(JSONError) -> Void) throws(JSONError) {
        if nextIsArray { try array(element) } else { try skip() }
    }

    /// The numbers of a list, `nil` for what is none.
    mutating func numbers() throws(JSONError) -> [Double?] {
        var numbers = [Double?]()
        try elements { (cursor) throws(JSONError) in numbers.append(try cursor.number()) }
        return numbers
    }

    fileprivate mutating func texts() throws(JSONError) -> [String] {
        var texts = [String]()
        try elements { (cursor) throws(JSONError) in
            if let text = try cursor.identifier() { texts.append(text) }
        }
        return texts
    }

    /// COCO counts keypoints from 1.
    fileprivate mutating func pairs() throws(JSONError) -> [SIMD2<Int>] {
        var pairs = [SIMD2<Int>]()
        try elements { (cursor) throws(JSONError) in
            let ends = try cursor.numbers().compactMap { $0.flatMap { Int(exactly: $0) } }
            if ends.count == 2, ends.allSatisfy({ (1...100_000).contains($0) }) {
                pairs.append(SIMD2(ends[0] - 1, ends[1] - 1))
            }
        }
        return pairs
    }
}
