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
    var recipe: String
}

/// The columns of a prepared file, checked so that every index that they hold lies inside.
struct PreparedColumns: Sendable {
    let data: MappedColumn<UInt8>
    let offset: MappedColumn<UInt64>
    let width: MappedColumn<Int32>
    let height: MappedColumn<Int32>
    let names: MappedColumn<UInt8>
    let split: MappedColumn<UInt8>
    let sha256: MappedColumn<UInt8>
    let boxStart: MappedColumn<Int64>
    let xyxy: MappedColumn<Float>
    let label: MappedColumn<Int32>
    let isCrowd: MappedColumn<UInt8>
    /// Bytes a padded name takes.
    let nameLength: Int

    static func open(_ path: String) throws(DatasetError) -> (PreparedHeader, PreparedColumns) {
        let mapped: MappedFile
        do throws(FileError) { mapped = try MappedFile(path: path) } catch { throw .file(error) }
        let found: Int
        do throws(HDF5Error) {
            let file = try HDF5File.open(path)
            found = try formatVersion(of: file)
            if found == PreparedFormat.version {
                let header = try PreparedHeader(file)
                let columns = try PreparedColumns(file, mapped)
                try columns.check(classCount: header.classNames.count)
                return (header, columns)
            }
        } catch {
            throw .damaged(path: path, reason: error.message)
        }
        throw .unsupportedVersion(path: path, found: found, expected: PreparedFormat.version)
    }

    private static func formatVersion(of file: HDF5File) throws(HDF5Error) -> Int {
        guard try file.string(PreparedFormat.Attribute.format) == PreparedFormat.name else {
            throw HDF5Error(message: "an HDF5 file of another kind")
        }
        return try file.integer(PreparedFormat.Attribute.version)
    }

    func dataRange(_ index: Int) -> Range<Int> { Int(offset[index])..<Int(offset[index + 1]) }

    func boxRange(_ index: Int) -> Range<Int> { Int(boxStart[index])..<Int(boxStart[index + 1]) }

    func imageName(_ index: Int) -> String {
        let padded = names.bytes(index * nameLength..<(index + 1) * nameLength)
        return String(decoding: padded.prefix { $0 != 0 }, as: UTF8.self)
    }

    func contentHash(_ index: Int) -> ContentHash {
        ContentHash(bytes: Array(sha256.bytes(index * 32..<(index + 1) * 32)))
    }

    func box(_ index: Int) -> LabeledBox {
        let corner = index * 4
        let box = BoundingBox(
            minX: xyxy[corner], minY: xyxy[corner + 1], maxX: xyxy[corner + 2], maxY: xyxy[corner + 3])
        return LabeledBox(box, label: Int(label[index]), isCrowd: isCrowd[index] != 0)
    }
}

extension PreparedHeader {
    init(_ file: HDF5File) throws(HDF5Error) {
        id = try file.string(PreparedFormat.Attribute.id)
        digest = try file.string(PreparedFormat.Attribute.digest)
        name = try file.string(PreparedFormat.Attribute.name)
        recipe = try file.string(PreparedFormat.Attribute.recipe)
        let classes = try file.string(PreparedFormat.Attribute.classes)
        guard let names = try? JSONDecoder().decode([String].self, from: Data(classes.utf8)) else {
            throw HDF5Error(message: "the classes are not a JSON list of names")
        }
        classNames = names
        guard digest.utf8.count == 64, id == digest.prefix(16) else {
            throw HDF5Error(message: "an id that is not the beginning of the digest")
        }
    }
}

extension PreparedColumns {
    fileprivate init(_ file: HDF5File, _ mapped: MappedFile) throws(HDF5Error) {
        func column<Element>(_ name: String, _ type: apus_h5_type) throws(HDF5Error) -> MappedColumn<Element> {
            try MappedColumn(mapped, layout: try file.layout(of: name), type: type, name: name)
        }
        data = try column(PreparedFormat.Path.data, APUS_H5_UINT8)
        offset = try column(PreparedFormat.Path.offset, APUS_H5_UINT64)
        width = try column(PreparedFormat.Path.width, APUS_H5_INT32)
        height = try column(PreparedFormat.Path.height, APUS_H5_INT32)
        names = try column(PreparedFormat.Path.name, APUS_H5_STRING)
        nameLength = Int(try file.layout(of: PreparedFormat.Path.name).element_size)
        split = try column(PreparedFormat.Path.split, APUS_H5_UINT8)
        sha256 = try column(PreparedFormat.Path.sha256, APUS_H5_UINT8)
        boxStart = try column(PreparedFormat.Path.boxStart, APUS_H5_INT64)
        xyxy = try column(PreparedFormat.Path.xyxy, APUS_H5_FLOAT32)
        label = try column(PreparedFormat.Path.label, APUS_H5_INT32)
        isCrowd = try column(PreparedFormat.Path.isCrowd, APUS_H5_UINT8)
    }

    /// The checks that are cheap: extents agree, offsets rise, indices lie inside.
    fileprivate func check(classCount: Int) throws(HDF5Error) {
        let images = width.count
        let boxes = label.count
        let agree =
            height.count == images && split.count == images && sha256.count == images * 32
            && names.count == images * nameLength && offset.count == images + 1 && boxStart.count == images + 1
            && xyxy.count == boxes * 4 && isCrowd.count == boxes
        guard agree else { throw HDF5Error(message: "columns of different lengths") }
        guard Self.rises(offset, to: data.count) else { throw HDF5Error(message: "image offsets out of order") }
        guard Self.rises(boxStart, to: boxes) else { throw HDF5Error(message: "box ranges out of order") }
        for index in 0..<images where width[index] <= 0 || height[index] <= 0 || Split(code: split[index]) == nil {
            throw HDF5Error(message: "image \(index) has no size or split")
        }
        for index in 0..<boxes where label[index] < 0 || Int(label[index]) >= classCount {
            throw HDF5Error(message: "box \(index) has class \(label[index]) of \(classCount)")
        }
    }

    /// Whether the values start at 0, never fall, and end at `total`.
    private static func rises<Value: BinaryInteger>(_ column: MappedColumn<Value>, to total: Int) -> Bool {
        guard column.count > 0, column[0] == 0, column[column.count - 1] == Value(total) else { return false }
        return (1..<column.count).allSatisfy { column[$0 - 1] <= column[$0] }
    }
}
