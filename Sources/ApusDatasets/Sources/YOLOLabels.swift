/// The rows of one YOLO label file.
struct YOLOLabels {
    private(set) var boxes: [SourceBox] = []
    private(set) var faults: [Fault] = []

    /// The last `/images/` becomes `/labels/`, the extension `.txt`.
    static func path(forImage image: String) -> String {
        var parts = image.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if let folder = parts.dropLast().lastIndex(of: "images") { parts[folder] = "labels" }
        return stem(of: parts.joined(separator: "/")) + ".txt"
    }

    init(_ text: String, path: String, hasKeypoints: Bool, classes: LabelMapping) {
        for (index, row) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let fields = row.split(whereSeparator: \.isWhitespace)
            guard !fields.isEmpty else { continue }
            do throws(RowError) {
                let row = try Row(fields, hasKeypoints: hasKeypoints, classes: classes)
                boxes.append(SourceBox(geometry: row.geometry, label: row.label, line: index + 1))
            } catch {
                let message = error.reason + "; row left out"
                faults.append(Fault(error.kind, file: path, line: index + 1, message: message))
            }
        }
    }
}

private struct RowError: Error {
    var kind: Fault.Kind
    var reason: String
}

/// One labelled object.
private struct Row {
    var label: Int
    var geometry: SourceBox.Geometry

    init(_ fields: [Substring], hasKeypoints: Bool, classes: LabelMapping) throws(RowError) {
        let values = try fields.map { (field) throws(RowError) in try Self.number(field) }
        label = try Self.label(values[0], text: fields[0], classes: classes)
        let isPolygon = !hasKeypoints && values.count >= 7 && values.count % 2 == 1
        guard isPolygon || values.count == 5 || (hasKeypoints && values.count > 5) else {
            throw RowError(kind: .malformedLabels, reason: "\(values.count) columns, expected class cx cy w h")
        }
        geometry =
            isPolygon
            ? Self.hull(values.dropFirst())
            : .normalized(centerX: values[1], centerY: values[2], width: values[3], height: values[4])
    }

    private static func number(_ field: Substring) throws(RowError) -> Double {
        switch LabelNumber(field) {
        case .finite(let value): return value
        case .nonFinite: throw RowError(kind: .nonFiniteLabel, reason: "a value of \(field)")
        case .malformed: throw RowError(kind: .malformedLabels, reason: "'\(field.prefix(30))' is not a number")
        }
    }

    private static func label(_ value: Double, text: Substring, classes: LabelMapping) throws(RowError) -> Int {
        guard let label = Int(exactly: value) else {
            throw RowError(kind: .malformedLabels, reason: "class '\(text)' is not a whole number")
        }
        guard (0..<classes.sourceCount).contains(label) else {
            throw RowError(kind: .classOutOfRange, reason: "class \(label) of \(classes.sourceCount)")
        }
        guard let kept = classes[label] else {
            throw RowError(kind: .classOutOfRange, reason: "class \(label) is not in classes")
        }
        return kept
    }

    /// The box around a polygon x1 y1 x2 y2 ….
    private static func hull(_ values: ArraySlice<Double>) -> SourceBox.Geometry {
        let xs = stride(from: values.startIndex, to: values.endIndex, by: 2).map { values[$0] }
        let ys = stride(from: values.startIndex + 1, to: values.endIndex, by: 2).map { values[$0] }
        let (minX, maxX) = (xs.min() ?? 0, xs.max() ?? 0)
        let (minY, maxY) = (ys.min() ?? 0, ys.max() ?? 0)
        return .normalized(
            centerX: (minX + maxX) / 2, centerY: (minY + maxY) / 2, width: maxX - minX, height: maxY - minY)
    }
}
