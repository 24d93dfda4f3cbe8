import ApusAugmentation
import ApusCore
import ApusVision

/// Where the label files of a YOLO dataset lie.
enum YOLOLabels {
    /// The last `/images/` becomes `/labels/`, the extension `.txt`.
    static func path(forImage image: String) -> String {
        var parts = image.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if let folder = parts.dropLast().lastIndex(of: "images") { parts[folder] = "labels" }
        return stem(of: parts.joined(separator: "/")) + ".txt"
    }
}

/// Reads YOLO's label files.
struct YOLOReader: Sendable {
    /// How many keypoints follow a box, and whether each has a visibility; `nil` where none do.
    var keypoints: YOLOSettings.KeypointShape?
    /// The class names in the order of the numbers in the files.
    var sourceNames: [String]
    var classes: ClassTable
    var missingLabels: MissingLabels?

    func labels(_ path: String, size: ImageSize) -> SourceLabels {
        do throws(FileError) {
            return parse(try FileSystem.readText(path), path: path, size: size)
        } catch {
            return unlabelled(path, error)
        }
    }

    /// - Parameter path: what faults call this text.
    func parse(_ text: String, path: String, size: ImageSize) -> SourceLabels {
        var labels = SourceLabels()
        // Not by characters: a carriage return and a line feed are one of them.
        for (index, row) in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
        {
            let fields = Substring(row).split(whereSeparator: \.isWhitespace)
            guard !fields.isEmpty else { continue }
            do throws(YOLORowError) {
                guard var annotation = try self.annotation(fields, size: size) else { continue }
                annotation.line = index + 1
                labels.annotations.append(annotation)
            } catch {
                let message = error.reason + "; row left out"
                labels.faults.append(Fault(error.kind, file: path, line: index + 1, message: message))
            }
        }
        return labels
    }

    private func unlabelled(_ path: String, _ error: FileError) -> SourceLabels {
        if missingLabels == .background && error.isNotFound { return SourceLabels() }
        let isKept = missingLabels == nil && error.isNotFound
        let reason = error.isNotFound ? "no label file" : "\(error)"
        let message = isKept ? "\(reason); image kept as background" : "\(reason); image left out"
        return SourceLabels(
            faults: [Fault(.missingLabels, file: path, message: message)], leavesOutImage: !isKept)
    }
}

/// Nothing where all points are absent at the origin: formats that give every object of a class its keypoints write
/// so where none are known.
func marked(_ points: [Landmark]) -> [Landmark] {
    points.contains { $0.visibility != .absent || $0.position != .zero } ? points : []
}

private struct YOLORowError: Error {
    var kind: Fault.Kind
    var reason: String
}

// MARK: - Rows

extension YOLOReader {
    /// `nil` where the recipe leaves the class out.
    private func annotation(_ fields: [Substring], size: ImageSize) throws(YOLORowError) -> Annotation? {
        let values = try fields.map { (field) throws(YOLORowError) in try Self.number(field) }
        guard let label = try label(values[0], text: fields[0]) else { return nil }
        var annotation = Annotation(label: label)
        let scale = Point(Double(size.width), Double(size.height))
        if let keypoints, values.count == 5 + keypoints.columns {
            annotation.box = Self.box(values, scale: scale)
            annotation.keypoints = marked(keypoints.landmarks(values.dropFirst(5), scale: scale))
        } else if values.count == 5 {
            annotation.box = Self.box(values, scale: scale)
        } else if keypoints == nil, values.count >= 7, values.count % 2 == 1 {
            let points = stride(from: 1, to: values.count, by: 2).map { Point(values[$0], values[$0 + 1]) * scale }
            annotation.region = .polygons([points])
        } else {
            throw YOLORowError(kind: .malformedLabels, reason: "\(values.count) columns, expected \(expectedColumns)")
        }
        return annotation
    }

    private var expectedColumns: String {
        keypoints.map { "class cx cy w h and \($0.columns) of keypoints" }
            ?? "class cx cy w h or class x1 y1 x2 y2 x3 y3"
    }

    private static func number(_ field: Substring) throws(YOLORowError) -> Double {
        switch LabelNumber(field) {
        case .finite(let value): return value
        case .nonFinite: throw YOLORowError(kind: .nonFiniteLabel, reason: "a value of \(field)")
        case .malformed: throw YOLORowError(kind: .malformedLabels, reason: "'\(field.prefix(30))' is not a number")
        }
    }

    private func label(_ value: Double, text: Substring) throws(YOLORowError) -> Int? {
        guard let label = Int(exactly: value) else {
            throw YOLORowError(kind: .malformedLabels, reason: "class '\(text)' is not a whole number")
        }
        guard sourceNames.indices.contains(label) else {
            throw YOLORowError(kind: .classOutOfRange, reason: "class \(label) of \(sourceNames.count)")
        }
        switch classes.resolve(sourceNames[label]) {
        case .label(let kept): return kept
        case .dropped: return nil
        case .unknown(let reason): throw YOLORowError(kind: .classOutOfRange, reason: "class \(label) \(reason)")
        }
    }

    private static func box(_ values: [Double], scale: Point) -> AnnotatedBox {
        let (centerX, centerY, width, height) = (values[1], values[2], values[3], values[4])
        return AnnotatedBox(
            minX: (centerX - width / 2) * scale.x, minY: (centerY - height / 2) * scale.y,
            maxX: (centerX + width / 2) * scale.x, maxY: (centerY + height / 2) * scale.y)
    }
}

extension YOLOSettings.KeypointShape {
    /// Without a visibility, what lies at the origin was not marked.
    fileprivate func landmarks(_ values: ArraySlice<Double>, scale: Point) -> [Landmark] {
        stride(from: values.startIndex, to: values.endIndex, by: dimensions).map { start in
            let point = Point(values[start], values[start + 1])
            guard dimensions == 3 else {
                return Landmark(point * scale, visibility: point == .zero ? .absent : .visible)
            }
            let visibility = Int(exactly: values[start + 2]).flatMap(Keypoint.Visibility.init) ?? .visible
            return Landmark(point * scale, visibility: visibility)
        }
    }
}
