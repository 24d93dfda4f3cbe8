import ApusAugmentation
import ApusCore

/// A table with one row a label: a file name and a class, and perhaps a box or a split.
///
/// The header names the columns: `filename` (or image, path, file), `label` (or class), `split`, and for boxes `xmin`,
/// `ymin`, `xmax`, `ymax` in pixels with `width` and `height` of the image. A row without a class lists an image that
/// shows none. `classes.txt` lists the classes in their order; without it they are sorted. Files are looked for beside the table, in `images` and in the split's folder.
struct CSVSource: DatasetSource {
    let root: String
    let description: DatasetDescription

    func listing() throws(DatasetError) -> SourceListing {
        let bounds = SourceBounds(root: root, description: description)
        var files = [(TablePart, CSVLabels)]()
        for part in try TablePart.locate(root: root, description: description) {
            files.append((part, try CSVLabels(path: part.path)))
        }
        let names = files.reduce(into: Set<String>()) { $0.formUnion($1.1.classNames) }
        let classes = ClassTable(try ClassList.classes(names, in: root), description: description)
        var listing = SourceListing(classes: classes.classes, samples: [], faults: [])
        for (part, labels) in files {
            listing.faults += labels.faults
            for image in labels.images {
                let split = part.split ?? image.split
                let path = try part.imagePath(image.name, split: split, line: image.line, bounds: bounds)
                listing.samples.append(
                    SourceSample(
                        name: files.count > 1 ? (split.map { $0.rawValue + "/" } ?? "") + image.name : image.name,
                        shortName: SourceSample.withoutLayout(image.name, split: split), content: .file(path),
                        split: split, declaredSize: image.size, labelFile: part.path,
                        labels: { _ in labels.labels(of: image, classes: classes) }))
            }
        }
        return listing
    }
}

/// One table and the split that it is for.
struct TablePart {
    var path: String
    var split: Split?

    /// `source.annotations`, or the table that `root` is, or the tables in that folder; a table with a split's name
    /// in its own is for that split.
    static func locate(root: String, description: DatasetDescription) throws(DatasetError) -> [TablePart] {
        if let declared = description.source.annotations {
            if let common = declared.common { return [TablePart(path: FileSystem.resolve(common, relativeTo: root))] }
            return Split.allCases.compactMap { split in
                declared.bySplit[split].map { TablePart(path: FileSystem.resolve($0, relativeTo: root), split: split) }
            }
        }
        if !FileSystem.isFolder(root) { return [TablePart(path: root)] }
        let names = ((try? FileSystem.names(in: root)) ?? []).filter { $0.hasSuffix(".csv") }
        let parts = names.compactMap { name in
            SplitFolders.split(named: stem(of: name)).map { TablePart(path: root + "/" + name, split: $0) }
        }
        if !parts.isEmpty { return parts }
        if names.count == 1 { return [TablePart(path: root + "/" + names[0])] }
        throw .unreadableSource(
            path: root, line: nil,
            reason: names.isEmpty ? "no table (*.csv)" : "\(names.count) tables; name one in source.annotations")
    }

    /// Where an image of the table is, of the places where images usually are.
    func imagePath(
        _ name: String, split: Split?, line: Int, bounds: SourceBounds
    ) throws(DatasetError) -> String {
        let folder = FileSystem.folder(of: path)
        let splitFolders = split.map { ["\(folder)/\($0.rawValue)", "\(folder)/images/\($0.rawValue)"] } ?? []
        let first = try bounds.resolve(name, in: folder, file: path, line: line)
        if FileSystem.exists(first) { return first }
        let others = (["\(folder)/images"] + splitFolders).map { FileSystem.resolve(name, relativeTo: $0) }
        return others.first { bounds.contains($0) && FileSystem.exists($0) } ?? first
    }
}

/// The labels of one table, by image in the order of their first rows.
struct CSVLabels: Sendable {
    struct Image: Sendable {
        var name: String
        var split: Split?
        var size: ImageSize?
        var line: Int
        /// Of its rows.
        var rows: [Int] = []
    }

    /// One row.
    struct Label: Sendable {
        var className: String
        var box: AnnotatedBox?
        var line: Int
    }

    let path: String
    private(set) var images: [Image] = []
    private(set) var faults: [Fault] = []
    private var labels: [Label] = []

    var classNames: Set<String> { Set(labels.map(\.className)) }

    init(path: String) throws(DatasetError) {
        let bytes: [UInt8]
        do throws(FileError) { bytes = try FileSystem.read(path) } catch { throw .file(error) }
        try self.init(bytes, path: path)
    }

    /// - Parameter path: what errors call these bytes.
    init(_ bytes: [UInt8], path: String) throws(DatasetError) {
        self.path = path
        let table = try CSVTable(bytes, path: path)
        guard let header = table.rows.first, let columns = CSVColumns(header.fields) else {
            throw .unreadableSource(path: path, line: 1, reason: "no header with 'filename' and 'label'")
        }
        var indexByName = [String: Int]()
        for row in table.rows.dropFirst() { add(row, columns, &indexByName) }
    }

    private mutating func add(_ row: CSVTable.Row, _ columns: CSVColumns, _ indexByName: inout [String: Int]) {
        guard let name = columns.text(.name, row), !name.isEmpty else {
            return report(.malformedLabels, row, "a row without a file name; left out")
        }
        let index = indexByName[name] ?? images.count
        if index == images.count {
            indexByName[name] = index
            images.append(
                Image(
                    name: name, split: columns.text(.split, row).flatMap(SplitFolders.split), size: columns.size(row),
                    line: row.line))
        }
        guard let className = columns.text(.label, row), !className.isEmpty else { return }
        switch columns.box(row) {
        case .some(.finite(let box)):
            images[index].rows.append(labels.count)
            labels.append(Label(className: className, box: box, line: row.line))
        case .none:
            images[index].rows.append(labels.count)
            labels.append(Label(className: className, line: row.line))
        case .some(.nonFinite): report(.nonFiniteLabel, row, "a box that is not finite; left out")
        case .some(.malformed): report(.malformedLabels, row, "a box that is not four numbers; left out")
        }
    }

    private mutating func report(_ kind: Fault.Kind, _ row: CSVTable.Row, _ message: String) {
        faults.append(Fault(kind, file: path, line: row.line, message: message))
    }

    func labels(of image: Image, classes: ClassTable) -> SourceLabels {
        var result = SourceLabels(declaredSize: image.size)
        for label in image.rows.map({ labels[$0] }) {
            switch classes.resolve(label.className) {
            case .label(let index):
                var annotation = Annotation(label: index)
                (annotation.box, annotation.line) = (label.box, label.line)
                result.annotations.append(annotation)
            case .dropped: break
            case .unknown(let reason):
                let message = "class \(reason); left out"
                result.faults.append(Fault(.classOutOfRange, file: path, line: label.line, message: message))
            }
        }
        return result
    }
}

/// Which column holds what.
private struct CSVColumns {
    enum Role: CaseIterable { case name, label, split, width, height, minX, minY, maxX, maxY }

    enum BoxReading {
        case finite(AnnotatedBox)
        case nonFinite, malformed
    }

    private var columns: [Role: Int] = [:]

    private static let names: [Role: [String]] = [
        .name: ["filename", "image", "path", "file", "image_path"], .label: ["label", "class"], .split: ["split"],
        .width: ["width"], .height: ["height"], .minX: ["xmin"], .minY: ["ymin"], .maxX: ["xmax"], .maxY: ["ymax"],
    ]

    /// `nil` where there is no column of file names or none of classes.
    init?(_ header: [String]) {
        let lowercased = header.map { $0.lowercased() }
        for role in Role.allCases {
            columns[role] = Self.names[role]?.lazy.compactMap { lowercased.firstIndex(of: $0) }.first
        }
        guard columns[.name] != nil, columns[.label] != nil else { return nil }
    }

    func text(_ role: Role, _ row: CSVTable.Row) -> String? {
        columns[role].flatMap { row.fields.indices.contains($0) ? row.fields[$0] : nil }
    }

    func size(_ row: CSVTable.Row) -> ImageSize? {
        guard let width = text(.width, row).flatMap({ Int($0) }), let height = text(.height, row).flatMap({ Int($0) }),
            width > 0, height > 0
        else { return nil }
        return ImageSize(width: width, height: height)
    }

    /// `nil` where the table has no boxes or the row's are empty.
    func box(_ row: CSVTable.Row) -> BoxReading? {
        let texts = [Role.minX, .minY, .maxX, .maxY].map { text($0, row) ?? "" }
        guard texts.contains(where: { !$0.isEmpty }) else { return nil }
        var edges = [Double]()
        for text in texts {
            switch LabelNumber(text) {
            case .finite(let value): edges.append(value)
            case .nonFinite: return .nonFinite
            case .malformed: return .malformed
            }
        }
        return .finite(AnnotatedBox(minX: edges[0], minY: edges[1], maxX: edges[2], maxY: edges[3]))
    }
}
