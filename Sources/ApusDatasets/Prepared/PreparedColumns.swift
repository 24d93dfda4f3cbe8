import ApusCore
import ApusVision
import CApusHDF5
import FoundationEssentials

/// The root attributes of a prepared file.
struct PreparedHeader {
    var id: String
    var digest: String
    var name: String
    var classNames: [String]
    /// What is known of the classes beside their names, as JSON; `nil` for nothing.
    var classDetails: String?
    var recipe: String
}

/// An open file, and the mapping of it that columns are read from.
struct PreparedFileReader {
    let file: HDF5File
    let mapped: MappedFile

    func column<Element>(_ name: String, _ type: apus_h5_type) throws(HDF5Error) -> MappedColumn<Element> {
        try MappedColumn(mapped, layout: try file.layout(of: name), type: type, name: name)
    }

    /// A JSON list.
    func list<Value: Decodable>(_ attribute: String, of type: Value.Type) throws(HDF5Error) -> [Value] {
        let text = try file.string(attribute)
        guard let list = try? JSONDecoder().decode([Value].self, from: Data(text.utf8)) else {
            throw HDF5Error(message: "\(attribute) is not the JSON list that it should be")
        }
        return list
    }
}

/// The columns of a prepared file, checked so that every index that they hold lies inside.
struct PreparedColumns: Sendable {
    let packs: [ImagePack]
    let pack: MappedColumn<Int32>
    let item: MappedColumn<Int32>
    let width: MappedColumn<Int32>
    let height: MappedColumn<Int32>
    let names: MappedColumn<UInt8>
    let split: MappedColumn<UInt8>
    let boxStart: MappedColumn<Int64>
    let xyxy: MappedColumn<Float>
    let label: MappedColumn<Int32>
    let isCrowd: MappedColumn<UInt8>
    let annotations: AnnotationColumns
    /// Bytes a padded name takes.
    let nameLength: Int
    private let mapped: MappedFile

    /// Lets the memory go that reading took.
    func evict() { mapped.evict(mapped.bytes) }

    static func open(_ path: String) throws(DatasetError) -> (PreparedHeader, PreparedColumns) {
        let (reader, packs) = try openFile(path)
        do throws(HDF5Error) {
            let header = try PreparedHeader(reader)
            let columns = try PreparedColumns(reader, packs: packs)
            try columns.check(classCount: header.classNames.count)
            columns.evict()
            return (header, columns)
        } catch {
            throw .damaged(path: path, reason: error.message)
        }
    }

    /// The ids of a version's packs; of a damaged version none.
    static func packs(ofVersion path: String) -> [String] {
        let ids = try? HDF5File.open(path).string(PreparedFormat.Attribute.packs)
        return ids.flatMap { try? JSONDecoder().decode([String].self, from: Data($0.utf8)) } ?? []
    }

    private static func openFile(_ path: String) throws(DatasetError) -> (PreparedFileReader, [ImagePack]) {
        let mapped: MappedFile
        do throws(FileError) { mapped = try MappedFile(path: path) } catch { throw .file(error) }
        let (reader, found, ids) = try read(path, mapped)
        guard found == PreparedFormat.version else {
            throw .unsupportedVersion(path: path, found: found, expected: PreparedFormat.version)
        }
        var packs = [ImagePack]()
        for id in ids { packs.append(try openPack(id, ofVersion: path)) }
        return (reader, packs)
    }

    private static func read(
        _ path: String, _ mapped: MappedFile
    ) throws(DatasetError) -> (PreparedFileReader, version: Int, packs: [String]) {
        do throws(HDF5Error) {
            let reader = PreparedFileReader(file: try HDF5File.open(path), mapped: mapped)
            let found = try formatVersion(of: reader.file)
            guard found == PreparedFormat.version else { return (reader, found, []) }
            return (reader, found, try reader.list(PreparedFormat.Attribute.packs, of: String.self))
        } catch {
            throw .damaged(path: path, reason: error.message)
        }
    }

    private static func openPack(_ id: String, ofVersion path: String) throws(DatasetError) -> ImagePack {
        guard id.utf8.count == 16, id.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else {
            throw .damaged(path: path, reason: "\(id) is no name of a pack")
        }
        let pack = try ImagePack(path: PackStore(besideVersion: path).path(id))
        guard pack.id == id else { throw .damaged(path: pack.path, reason: "it is the pack \(pack.id)") }
        return pack
    }

    private static func formatVersion(of file: HDF5File) throws(HDF5Error) -> Int {
        guard try file.string(PreparedFormat.Attribute.format) == PreparedFormat.name else {
            throw HDF5Error(message: "an HDF5 file of another kind")
        }
        return try file.integer(PreparedFormat.Attribute.version)
    }

    /// The pack of an image, and its number there.
    func place(_ index: Int) -> (pack: ImagePack, item: Int) { (packs[Int(pack[index])], Int(item[index])) }

    func boxRange(_ index: Int) -> Range<Int> { Int(boxStart[index])..<Int(boxStart[index + 1]) }

    func imageName(_ index: Int) -> String {
        let padded = names.bytes(index * nameLength..<(index + 1) * nameLength)
        return String(decoding: padded.prefix { $0 != 0 }, as: UTF8.self)
    }

    func box(_ index: Int) -> LabeledBox {
        let corner = index * 4
        let box = BoundingBox(
            minX: xyxy[corner], minY: xyxy[corner + 1], maxX: xyxy[corner + 2], maxY: xyxy[corner + 3])
        return LabeledBox(box, label: Int(label[index]), isCrowd: isCrowd[index] != 0)
    }

    func annotation(_ index: Int) -> Annotation {
        let box = box(index)
        var annotation = Annotation(label: box.label, box: AnnotatedBox(box.box))
        annotation.flags = box.isCrowd ? .crowd : []
        annotations.complete(&annotation, box: index)
        return annotation
    }
}

extension PreparedHeader {
    init(_ reader: PreparedFileReader) throws(HDF5Error) {
        let file = reader.file
        id = try file.string(PreparedFormat.Attribute.id)
        digest = try file.string(PreparedFormat.Attribute.digest)
        name = try file.string(PreparedFormat.Attribute.name)
        recipe = try file.string(PreparedFormat.Attribute.recipe)
        classNames = try reader.list(PreparedFormat.Attribute.classes, of: String.self)
        classDetails = try? file.string(PreparedFormat.Attribute.classDetails)
        guard digest.utf8.count == 64, id == digest.prefix(16) else {
            throw HDF5Error(message: "an id that is not the beginning of the digest")
        }
    }
}

extension PreparedColumns {
    fileprivate init(_ file: PreparedFileReader, packs: [ImagePack]) throws(HDF5Error) {
        (self.packs, mapped) = (packs, file.mapped)
        pack = try file.column(PreparedFormat.Path.pack, APUS_H5_INT32)
        item = try file.column(PreparedFormat.Path.item, APUS_H5_INT32)
        width = try file.column(PreparedFormat.Path.width, APUS_H5_INT32)
        height = try file.column(PreparedFormat.Path.height, APUS_H5_INT32)
        names = try file.column(PreparedFormat.Path.name, APUS_H5_STRING)
        nameLength = Int(try file.file.layout(of: PreparedFormat.Path.name).element_size)
        split = try file.column(PreparedFormat.Path.split, APUS_H5_UINT8)
        boxStart = try file.column(PreparedFormat.Path.boxStart, APUS_H5_INT64)
        xyxy = try file.column(PreparedFormat.Path.xyxy, APUS_H5_FLOAT32)
        label = try file.column(PreparedFormat.Path.label, APUS_H5_INT32)
        isCrowd = try file.column(PreparedFormat.Path.isCrowd, APUS_H5_UINT8)
        let hasGroups = file.file.hasAttribute(PreparedFormat.Attribute.annotations)
        annotations = try AnnotationColumns(
            file,
            groups: hasGroups
                ? try file.list(PreparedFormat.Attribute.annotations, of: AnnotationColumns.Group.self) : [])
    }

    /// The checks that are cheap: extents agree, offsets rise, indices lie inside.
    fileprivate func check(classCount: Int) throws(HDF5Error) {
        let images = width.count
        let boxes = label.count
        let agree =
            height.count == images && split.count == images && pack.count == images && item.count == images
            && names.count == images * nameLength && boxStart.count == images + 1
            && xyxy.count == boxes * 4 && isCrowd.count == boxes
        guard agree else { throw HDF5Error(message: "columns of different lengths") }
        guard boxStart.rises(to: boxes) else { throw HDF5Error(message: "box ranges out of order") }
        for index in 0..<images where width[index] <= 0 || height[index] <= 0 || Split(code: split[index]) == nil {
            throw HDF5Error(message: "image \(index) has no size or split")
        }
        for index in 0..<images where !isPacked(index) {
            throw HDF5Error(message: "image \(index) lies in no pack")
        }
        for index in 0..<boxes where label[index] < 0 || Int(label[index]) >= classCount {
            throw HDF5Error(message: "box \(index) has class \(label[index]) of \(classCount)")
        }
        try annotations.check(boxes: boxes)
    }

    private func isPacked(_ index: Int) -> Bool {
        let (pack, item) = (Int(pack[index]), Int(item[index]))
        return packs.indices.contains(pack) && item >= 0 && item < packs[pack].count
    }
}
