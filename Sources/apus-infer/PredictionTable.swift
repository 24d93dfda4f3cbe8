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
        case .detections(let detections):
            let width = detections.map { labels.name(of: $0.label).count }.max() ?? 0
            let what = "\(detections.count) \(detections.count == 1 ? "object" : "objects")"
            return (what, detections.map { line($0, labels, width) })
        case .classifications(let classifications):
            let lines = classifications.map { "  \(fixed(Double($0.score), digits: 2))  \(labels.name(of: $0.label))" }
            return (classifications.first.map { labels.name(of: $0.label) } ?? "no class", lines)
        }
    }

    private static func line(_ detection: Detection, _ labels: LabelMap, _ width: Int) -> String {
        let name = labels.name(of: detection.label)
        let padding = String(repeating: " ", count: width - name.count)
        let box = detection.box
        let numbers = zip(["x", "y", "w", "h"], [box.minX, box.minY, box.width, box.height]).map { letter, value in
            "\(letter) " + padded(fixed(Double(value), digits: 0), 4)
        }
        return "  \(fixed(Double(detection.score), digits: 2))  \(name)\(padding)  \(numbers.joined(separator: "  "))"
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
