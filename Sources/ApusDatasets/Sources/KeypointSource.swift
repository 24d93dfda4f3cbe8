import ApusAugmentation
import ApusCore
import ApusVision

/// DeepLabCut's tables: header rows `scorer`, `bodyparts`, `coords` (and `individuals` between the first two where an
/// image shows several), then a row an image with x and y of each point, empty where it is not marked.
///
/// Every animal is of one class: the description's first, else the one that `classes.txt` names, else "animal".
/// <https://deeplabcut.github.io/DeepLabCut/docs/standardDeepLabCut_UserGuide.html>
struct KeypointSource: DatasetSource {
    let root: String
    let description: DatasetDescription

    /// What an object is called where nothing names it.
    static let usualName = "animal"

    func listing() throws(DatasetError) -> SourceListing {
        let bounds = SourceBounds(root: root, description: description)
        var tables = [(TablePart, KeypointTable)]()
        for part in try TablePart.locate(root: root, description: description) {
            tables.append((part, try KeypointTable(path: part.path)))
        }
        let listed = try ClassList.read(in: root).first
        var animal = AnnotationClass(description.classes.first ?? listed ?? Self.usualName)
        animal.keypoints = tables.first?.1.bodyparts ?? []
        var listing = SourceListing(classes: [animal], samples: [], faults: [])
        for (part, table) in tables {
            guard table.bodyparts == animal.keypoints else {
                throw .unreadableSource(path: part.path, line: nil, reason: "other bodyparts than \(tables[0].0.path)")
            }
            listing.faults += table.faults
            for image in table.images {
                let path = try part.imagePath(image.name, split: part.split, line: image.line, bounds: bounds)
                let labels = SourceLabels(annotations: image.annotations)
                listing.samples.append(
                    SourceSample(
                        name: tables.count > 1 ? (part.split.map { $0.rawValue + "/" } ?? "") + image.name : image.name,
                        shortName: SourceSample.withoutLayout(image.name, split: part.split), content: .file(path),
                        split: part.split, labelFile: part.path, labels: { _ in labels }))
            }
        }
        return listing
    }
}

/// One table of keypoints.
struct KeypointTable: Sendable {
    struct Image: Sendable {
        var name: String
        var annotations: [Annotation]
        var line: Int
    }

    private(set) var bodyparts: [String] = []
    private(set) var images: [Image] = []
    private(set) var faults: [Fault] = []

    init(path: String) throws(DatasetError) {
        let bytes: [UInt8]
        do throws(FileError) { bytes = try FileSystem.read(path) } catch { throw .file(error) }
        try self.init(bytes, path: path)
    }

    /// - Parameter path: what errors call these bytes.
    init(_ bytes: [UInt8], path: String) throws(DatasetError) {
        let table = try CSVTable(bytes, path: path)
        guard let header = KeypointHeader(table.rows) else {
            throw .unreadableSource(
                path: path, line: table.rows.first?.line,
                reason: "the header rows are not scorer, bodyparts and coords")
        }
        bodyparts = header.bodyparts
        var seen = Set<String>()
        for row in table.rows.dropFirst(header.rowCount) {
            let name = header.imageName(row)
            guard !name.isEmpty, seen.insert(name).inserted else {
                let reason = name.isEmpty ? "a row without an image" : "image '\(name)' is there already"
                report(name.isEmpty ? .malformedLabels : .duplicateImage, path, row, reason + "; left out")
                continue
            }
            let annotations = header.annotations(row) { report($0, path, row, $1) }
            images.append(Image(name: name, annotations: annotations, line: row.line))
        }
    }

    private mutating func report(_ kind: Fault.Kind, _ path: String, _ row: CSVTable.Row, _ message: String) {
        faults.append(Fault(kind, file: path, line: row.line, message: message))
    }
}

/// What the header rows say of the columns.
private struct KeypointHeader {
    /// Where one point of one animal stands.
    struct Column {
        var individual: Int
        var bodypart: Int
        var x, y: Int
    }

    var bodyparts: [String] = []
    var rowCount: Int
    private var columns: [Column] = []
    private var individualCount = 1
    /// Columns that together are the path of the image.
    private let indexColumns: Int

    init?(_ rows: [CSVTable.Row]) {
        func row(_ title: String) -> [String]? { rows.prefix(4).first { $0.fields.first == title }?.fields }
        guard let parts = row("bodyparts"), let coordinates = row("coords") else { return nil }
        let individuals = row("individuals")
        rowCount = 1 + (rows.prefix(4).firstIndex { $0.fields.first == "coords" } ?? 0)
        indexColumns = 1 + (parts.dropFirst().firstIndex { !$0.isEmpty } ?? 1) - 1
        var indexByPart = [String: Int](), indexByIndividual = [String: Int]()
        for x in indexColumns..<max(indexColumns, min(parts.count, coordinates.count)) where coordinates[x] == "x" {
            let y = x + 1
            guard y < min(parts.count, coordinates.count), coordinates[y] == "y", parts[y] == parts[x] else {
                return nil
            }
            if indexByPart[parts[x]] == nil {
                indexByPart[parts[x]] = bodyparts.count
                bodyparts.append(parts[x])
            }
            let name = individuals.flatMap { $0.indices.contains(x) ? $0[x] : nil } ?? ""
            let individual = indexByIndividual[name] ?? indexByIndividual.count
            indexByIndividual[name] = individual
            columns.append(Column(individual: individual, bodypart: indexByPart[parts[x]] ?? 0, x: x, y: y))
        }
        individualCount = indexByIndividual.count
        guard !columns.isEmpty, individualCount * bodyparts.count <= CSVTable.fieldLimit else { return nil }
    }

    func imageName(_ row: CSVTable.Row) -> String {
        row.fields.prefix(indexColumns).filter { !$0.isEmpty }.joined(separator: "/")
    }

    /// One annotation for each animal that has a marked point.
    func annotations(_ row: CSVTable.Row, report: (Fault.Kind, String) -> Void) -> [Annotation] {
        let absent = Landmark(.zero, visibility: .absent)
        var animals = [[Landmark]](
            repeating: [Landmark](repeating: absent, count: bodyparts.count), count: individualCount)
        for column in columns {
            let texts = [column.x, column.y].map { row.fields.indices.contains($0) ? row.fields[$0] : "" }
            guard texts.contains(where: { !$0.isEmpty && $0.lowercased() != "nan" }) else { continue }
            guard case .finite(let x) = LabelNumber(texts[0]), case .finite(let y) = LabelNumber(texts[1]) else {
                let text = "\(texts[0].prefix(30)), \(texts[1].prefix(30))"
                report(.malformedLabels, "'\(bodyparts[column.bodypart])' at '\(text)'; taken for absent")
                continue
            }
            animals[column.individual][column.bodypart] = Landmark(Point(x, y))
        }
        return animals.filter { $0.contains { $0.visibility != .absent } }.map { points in
            var annotation = Annotation(label: 0)
            (annotation.keypoints, annotation.line) = (points, row.line)
            return annotation
        }
    }
}
