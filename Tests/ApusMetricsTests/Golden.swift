import Testing
import FoundationEssentials
import ApusCore
@testable import ApusMetrics

/// A box set of `Oracles/coco_cases.py` and what the reference implementations answer.
struct GoldenCase: Decodable, CustomTestStringConvertible {
    struct COCOAnswer: Decodable {
        var stats: [Double]
        var precision, scores, recall: String
    }
    struct UltralyticsAnswer: Decodable {
        var mAP50: Double?
        var mAP50To95: Double?

        enum CodingKeys: String, CodingKey {
            case mAP50
            case mAP50To95 = "mAP50-95"
        }
    }
    var name: String
    var images, categories: [Int]
    /// id, image, class, x, y, width, height, area, crowd.
    var truths: [[Double]]
    /// image, class, x, y, width, height, score.
    var detections: [[Double]]
    var coco: COCOAnswer
    var ultralytics: UltralyticsAnswer

    var testDescription: String { name }

    private static let loaded = Result { try golden("coco.json", as: [GoldenCase].self) }
    static var all: [GoldenCase] { get throws { try loaded.get() } }

    var dataset: COCODataset {
        COCODataset(
            images: images.map { COCOImage(id: $0) },
            categories: categories.map { COCOCategory(id: $0, name: "\($0)") },
            annotations: truths.map {
                COCOAnnotation(
                    id: Int($0[0]), imageID: Int($0[1]), categoryID: Int($0[2]),
                    box: COCOBox(x: $0[3], y: $0[4], width: $0[5], height: $0[6]), area: $0[7], isCrowd: $0[8] == 1)
            })
    }

    var found: [COCODetection] {
        detections.map {
            COCODetection(
                imageID: Int($0[0]), categoryID: Int($0[1]),
                box: COCOBox(x: $0[2], y: $0[3], width: $0[4], height: $0[5]), score: $0[6])
        }
    }
}

/// A file of the `Oracles` folder.
func golden<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
    let bytes = try FileSystem.read(FileSystem.folder(of: #filePath) + "/Oracles/" + name)
    return try JSONDecoder().decode(type, from: Data(bytes))
}

/// FNV-1a over the bits of the values, as in the generator.
func fingerprint(_ values: [Double]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for value in values { hash = (hash ^ (value + 0.0).bitPattern) &* 0x100_0000_01b3 }
    return String(hash)
}
