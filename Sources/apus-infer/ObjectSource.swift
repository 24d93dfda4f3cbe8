import ApusArguments
import ApusConfiguration
import ApusCore
import ApusInference
import ApusVision

/// Where a top-down model gets its objects' boxes.
enum ObjectSource {
    /// The whole image is one object.
    case none
    case file(BoxFile)
    /// A model that finds the objects, and which of its classes count; `nil` for all.
    case detector(Predictor, labels: Set<Int>?)

    /// The classes that the pose model's labels name count, all where they name none.
    static func detector(_ detector: Predictor, for labels: LabelMap) -> ObjectSource {
        let named = Set(labels.names.compactMap { detector.labels.index(of: $0) })
        return .detector(detector, labels: named.isEmpty ? nil : named)
    }

    func boxes(in image: Image, at path: String) throws -> [Detection]? {
        switch self {
        case .none: return nil
        case .file(let file): return file.boxes(for: path)
        case .detector(let detector, let labels):
            let found = try detector.result(for: image).boxes
            return found.filter { labels?.contains($0.label) ?? true }
        }
    }
}

extension Prediction.Result {
    /// The boxes of objects, whatever else the model says of them.
    fileprivate var boxes: [Detection] {
        switch self {
        case .detections(let all): all
        case .segments(let all): all.map { Detection($0.box, label: $0.label, score: $0.score) }
        case .poses(let all): all.map { Detection($0.box, label: $0.label, score: $0.score) }
        case .oriented(let all): all.map { Detection($0.box.boundingBox, label: $0.label, score: $0.score) }
        case .classifications, .classMap: []
        }
    }
}

/// Boxes of objects from a file: what `predict --format json` prints, a list of objects with `bbox`, or a list of
/// `[x, y, width, height]`; boxes that name no image count for all.
struct BoxFile {
    private var boxesByImage = [String: [Detection]]()
    private var everywhere = [Detection]()

    init(contentsOf path: String) throws {
        let text = try FileSystem.readText(path)
        do throws(ConfigurationError) { try read(text) } catch {
            throw ValidationError(
                "\(path): \(error.problem); expected boxes of [x, y, width, height], or what predict --json prints.")
        }
    }

    private mutating func read(_ text: String) throws(ConfigurationError) {
        if text.first(where: { !$0.isWhitespace }) == "[" {
            for box in try Configuration.decodeJSON([WrittenBox].self, text, name: "boxes") {
                add(box, image: box.image)
            }
            return
        }
        for line in text.split(whereSeparator: \.isNewline) {
            let image = try Configuration.decodeJSON(WrittenImage.self, String(line), name: "boxes")
            boxesByImage[image.image, default: []] += image.detections.map(\.detection)
        }
    }

    private mutating func add(_ box: WrittenBox, image: String?) {
        if let image {
            boxesByImage[image, default: []].append(box.detection)
        } else {
            everywhere.append(box.detection)
        }
    }

    /// By the image's path as it was given, or else by its file's name.
    func boxes(for path: String) -> [Detection] {
        let own = boxesByImage[path] ?? boxesByImage[FileSystem.fileName(of: path)] ?? []
        return own + everywhere
    }
}

private struct WrittenImage: Decodable {
    let image: String
    let detections: [WrittenBox]
}

/// `[x, y, width, height]`, or an object with `bbox` and maybe `score` and `image`.
private struct WrittenBox: Decodable {
    let detection: Detection
    let image: String?

    private enum Key: String, CodingKey { case bbox, score, image }

    init(from decoder: any Decoder) throws {
        let numbers: [Float]
        var score: Float = 1
        if (try? decoder.unkeyedContainer()) != nil {
            (numbers, image) = (try [Float](from: decoder), nil)
        } else {
            let values = try decoder.container(keyedBy: Key.self)
            numbers = try values.decode([Float].self, forKey: .bbox)
            score = try values.decodeIfPresent(Float.self, forKey: .score) ?? 1
            image = try values.decodeIfPresent(String.self, forKey: .image)
        }
        guard numbers.count == 4 else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "expected a box of [x, y, width, height], found \(numbers.count) numbers"))
        }
        let box = BoundingBox(
            minX: numbers[0], minY: numbers[1], maxX: numbers[0] + numbers[2], maxY: numbers[1] + numbers[3])
        detection = Detection(box, label: 0, score: score)
    }
}
