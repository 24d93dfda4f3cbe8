import ApusInference
import ApusVision

/// A prediction for people: a heading and a line for each find.
struct PredictionTable {
    let text: String

    init(_ prediction: Prediction, _ labels: LabelMap) {
        let (what, lines) = Self.finds(prediction.result, labels)
        let milliseconds = fixed(prediction.milliseconds, digits: 1)
        let heading = "\(prediction.image)  \(prediction.width)×\(prediction.height)  \(what)  \(milliseconds) ms"
        text = ([Console.bold(heading)] + lines).joined(separator: "\n")
    }

    private static func finds(_ result: Prediction.Result, _ labels: LabelMap) -> (String, [String]) {
        switch result {
        case .detections(let all): return objects(all.map { Row($0.label, $0.score, $0.box) }, labels)
        case .segments(let all):
            return objects(all.map { Row($0.label, $0.score, $0.box, "\($0.mask.area) pixels") }, labels)
        case .poses(let all):
            return objects(all.map { Row($0.label, $0.score, $0.box, pointText($0)) }, labels)
        case .oriented(let all):
            return objects(all.map { Row($0.label, $0.score, $0.box.boundingBox, angleText($0.box)) }, labels)
        case .classifications(let classifications):
            let lines = classifications.map { "  \(fixed(Double($0.score), digits: 2))  \(labels.name(of: $0.label))" }
            return (classifications.first.map { labels.name(of: $0.label) } ?? "no class", lines)
        case .classMap(let map): return classes(map, labels)
        }
    }

    private static func pointText(_ pose: Pose) -> String {
        "\(pose.points.count { $0.score >= Pose.seenScore }) of \(pose.points.count) points"
    }

    private static func angleText(_ box: OrientedBox) -> String {
        let degrees = Double(box.angle) * 180 / .pi
        let sides = [box.width, box.height].map { fixed(Double($0), digits: 0) }.joined(separator: "×")
        return "\(sides) at \(fixed(degrees, digits: 1))°"
    }

    private static func classes(_ map: IndexImage, _ labels: LabelMap) -> (String, [String]) {
        let found = map.pixelCounts.enumerated().filter { $1 > 0 }
            .sorted { ($1.element, $0.offset) < ($0.element, $1.offset) }
        let total = Double(max(map.indices.count, 1))
        let lines = found.map { label, count in
            "  " + padded(fixed(Double(count) / total * 100, digits: 1), 5) + " %  \(labels.name(of: label))"
        }
        return ("\(found.count) \(found.count == 1 ? "class" : "classes")", lines)
    }

    private static func objects(_ rows: [Row], _ labels: LabelMap) -> (String, [String]) {
        let width = rows.map { labels.name(of: $0.label).count }.max() ?? 0
        return ("\(rows.count) \(rows.count == 1 ? "object" : "objects")", rows.map { $0.line(labels, width) })
    }
}

/// An object, and what there is to say beside its box.
private struct Row {
    let label: Int
    let score: Float
    let box: BoundingBox
    let more: String

    init(_ label: Int, _ score: Float, _ box: BoundingBox, _ more: String = "") {
        (self.label, self.score, self.box, self.more) = (label, score, box, more)
    }

    func line(_ labels: LabelMap, _ width: Int) -> String {
        let name = labels.name(of: label)
        let padding = String(repeating: " ", count: width - name.count)
        let numbers = zip(["x", "y", "w", "h"], [box.minX, box.minY, box.width, box.height]).map { letter, value in
            "\(letter) " + padded(fixed(Double(value), digits: 0), 4)
        }
        let start = "  \(fixed(Double(score), digits: 2))  \(name)\(padding)  \(numbers.joined(separator: "  "))"
        return more.isEmpty ? start : start + "  " + more
    }
}

/// Spaces before `text` until it has `width` characters.
func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(width - text.count, 0)) + text
}

/// `value` with so many digits after the point.
func fixed(_ value: Double, digits: Int) -> String {
    let factor = (0..<digits).reduce(1.0) { product, _ in product * 10 }
    let scaled = (abs(value) * factor).rounded()
    guard scaled < 1e15 else { return "\(value)" }
    let (whole, rest) = Int(scaled).quotientAndRemainder(dividingBy: Int(factor))
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard digits > 0 else { return "\(sign)\(whole)" }
    let fraction = String(rest)
    return "\(sign)\(whole)." + String(repeating: "0", count: digits - fraction.count) + fraction
}
