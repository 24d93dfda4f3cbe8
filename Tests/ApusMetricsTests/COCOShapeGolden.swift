import ApusCore
import ApusVision
import FoundationEssentials
import Testing
@testable import ApusMetrics

/// A set of masks or keypoints of `Oracles/coco_shape_cases.py` and what pycocotools answers.
struct COCOShapeCase: Codable, CustomTestStringConvertible {
    struct Dataset: Codable {
        struct Image: Codable { var id, width, height: Int }
        struct Category: Codable { var id: Int; var name: String }
        var images: [Image]
        var categories: [Category]
        var annotations: [Annotation]
    }
    /// Both sides of an evaluation, with COCO's own keys.
    struct Annotation: Codable {
        var id, iscrowd, num_keypoints: Int?
        var image_id, category_id: Int
        var bbox: [Double]?
        var area, score: Double?
        var segmentation: Segmentation?
        var keypoints: [Double]?
    }
    enum Segmentation: Codable {
        struct Runs: Codable { var size: [Int]; var counts: [Int] }
        struct Text: Codable { var size: [Int]; var counts: String }
        case polygons([[Double]])
        case runs(Runs)
        case text(Text)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let rings = try? container.decode([[Double]].self) {
                self = .polygons(rings)
            } else if let runs = try? container.decode(Runs.self) {
                self = .runs(runs)
            } else {
                self = .text(try container.decode(Text.self))
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .polygons(let rings): try container.encode(rings)
            case .runs(let runs): try container.encode(runs)
            case .text(let text): try container.encode(text)
            }
        }
    }
    struct Answer: Codable {
        var stats: [Double]
        var precision, scores, recall: String
    }

    var name: String
    var sigmas: [Double]?
    var truth: Dataset
    var found: [Annotation]
    var coco: Answer

    var testDescription: String { name }

    private static let loadedMasks = Result { try golden("coco_masks.json", as: [COCOShapeCase].self) }
    private static let loadedKeypoints = Result { try golden("coco_keypoints.json", as: [COCOShapeCase].self) }
    static var masks: [COCOShapeCase] { get throws { try loadedMasks.get() } }
    static var keypoints: [COCOShapeCase] { get throws { try loadedKeypoints.get() } }

    /// The evaluation of the set, by way of files.
    func evaluation(_ type: COCOEvaluationType, threads: Int = 2) throws -> COCOEvaluation {
        let (dataset, detections) = try read(type)
        return try COCOEvaluation(
            dataset, detections: detections, type: type, sigmas: sigmas ?? KeypointSigmas.coco, threads: threads)
    }

    func read(_ type: COCOEvaluationType) throws -> (COCODataset, [COCODetection]) {
        let dataset = try withFile(truth) { try COCODataset(contentsOf: $0, for: type) }
        return (dataset, try withFile(found) { try COCODetection.read(contentsOf: $0, for: type) })
    }

    private func withFile<Value>(_ content: some Encodable, _ body: (String) throws -> Value) throws -> Value {
        let path = try temporaryFile(String(decoding: JSONEncoder().encode(content), as: UTF8.self))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }
}

/// A new file with this text; who asks removes it.
func temporaryFile(_ text: String) throws -> String {
    let path = FileManager.default.temporaryDirectory.path + "/" + UUID().uuidString + ".json"
    try Data(text.utf8).write(to: URL(filePath: path))
    return path
}

extension COCOShapeCase.Answer {
    /// The twelve or ten numbers nearly, the arrays in every bit.
    func expectEqual(_ evaluation: COCOEvaluation) {
        #expect(stats.count == evaluation.stats.count)
        for (ours, theirs) in zip(evaluation.stats, stats) { #expect(abs(ours - theirs) <= 1e-12) }
        #expect(fingerprint(evaluation.recall) == recall)
        #expect(fingerprint(evaluation.precision) == precision)
        #expect(fingerprint(evaluation.scores) == scores)
    }
}
