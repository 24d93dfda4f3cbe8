import ApusCore

/// What detection needs of one COCO annotation file.
struct COCOFile {
    struct Image {
        var id: Int
        var name: String
        var size: (width: Int, height: Int)?
        var line: Int
    }

    struct Annotation {
        var id: String?
        var imageID: Int
        var categoryID: Int
        /// x, y, width, height in pixels; may hold what is not finite.
        var box: [Double]
        var isCrowd: Bool
        var line: Int
    }

    var images: [Image] = []
    var annotations: [Annotation] = []
    var categories: [Int: String] = [:]
    var faults: [Fault] = []
    private let path: String

    static func read(_ path: String) throws(DatasetError) -> COCOFile {
        let mapped: MappedFile
        do throws(FileError) { mapped = try MappedFile(path: path) } catch { throw .file(error) }
        defer { withExtendedLifetime(mapped) {} }
        var file = COCOFile(path: path)
        do throws(JSONError) {
            try file.parse(mapped.bytes)
        } catch {
            throw .unreadableSource(path: path, line: error.line, reason: "not COCO JSON: \(error.reason)")
        }
        return file
    }

    private init(path: String) { self.path = path }

    private mutating func parse(_ bytes: UnsafeRawBufferPointer) throws(JSONError) {
        var cursor = JSONCursor(bytes)
        var file = self
        try cursor.object { (key, cursor) throws(JSONError) in
            switch key {
            case "images": try cursor.array { (cursor) throws(JSONError) in try file.image(&cursor) }
            case "annotations": try cursor.array { (cursor) throws(JSONError) in try file.annotation(&cursor) }
            case "categories": try cursor.array { (cursor) throws(JSONError) in try file.category(&cursor) }
            default: try cursor.skip()
            }
        }
        try cursor.end()
        self = file
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
            faults.append(
                Fault(.malformedLabels, file: path, line: line, message: "an image without id or file_name; left out"))
            return
        }
        let size = width.flatMap { width in height.map { (width: width, height: $0) } }
        images.append(Image(id: id, name: name, size: size, line: line))
    }

    private mutating func annotation(_ cursor: inout JSONCursor) throws(JSONError) {
        let line = cursor.line
        var id: String?, image: Int?, category: Int?, box = [Double?](), isCrowd = false
        try cursor.members { (key, cursor) throws(JSONError) in
            switch key {
            case "id": id = try cursor.identifier()
            case "image_id": image = try cursor.integer()
            case "category_id": category = try cursor.integer()
            case "bbox": box = try cursor.numbers()
            case "iscrowd": isCrowd = try cursor.integer() == 1
            default: try cursor.skip()
            }
        }
        let edges = box.compactMap { $0 }
        guard let image, let category, edges.count == 4, box.count == 4 else {
            let message =
                "annotation \(id ?? "without id") needs image_id, category_id and a bbox of 4 numbers; left out"
            faults.append(Fault(.malformedLabels, file: path, line: line, message: message))
            return
        }
        annotations.append(
            Annotation(id: id, imageID: image, categoryID: category, box: edges, isCrowd: isCrowd, line: line))
    }

    private mutating func category(_ cursor: inout JSONCursor) throws(JSONError) {
        let line = cursor.line
        var id: Int?, name: String?
        try cursor.members { (key, cursor) throws(JSONError) in
            switch key {
            case "id": id = try cursor.integer()
            case "name": name = try cursor.identifier()
            default: try cursor.skip()
            }
        }
        guard let id, let name else {
            faults.append(
                Fault(.malformedLabels, file: path, line: line, message: "a category without id or name; left out"))
            return
        }
        categories[id] = name
    }
}

extension JSONCursor {
    /// The members of an object; nothing where the next value is something else.
    fileprivate mutating func members(
        _ member: (String, inout JSONCursor) throws(JSONError) -> Void
    ) throws(JSONError) {
        if nextIsObject { try object(member) } else { try skip() }
    }

    /// The numbers of a list, `nil` for what is none; empty where the next value is no list.
    fileprivate mutating func numbers() throws(JSONError) -> [Double?] {
        guard nextIsArray else {
            try skip()
            return []
        }
        var numbers = [Double?]()
        try array { (cursor) throws(JSONError) in numbers.append(try cursor.number()) }
        return numbers
    }
}
