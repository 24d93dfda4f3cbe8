import ApusCore
import ApusVision
import FoundationEssentials
import Testing

@testable import ApusInference

/// What onnxruntime and NumPy found, written by the generators in `Oracles`.
struct Golden: Decodable {
    let label: Int
    let score: Float
    /// x, y, width, height.
    let box: [Float]?
    let keypoints: [Float]?
    /// x, y and score of every point.
    let points: [Float]?
    /// Centre x and y, width, height, angle.
    let obb: [Float]?
    /// COCO's compressed runs, how many pixels they hold, and how many lie too near to the edge to be sure of.
    let rle: String?
    let area, unsure: Int?

    static let folder = FileSystem.folder(of: #filePath) + "/Oracles/"

    static func read(_ name: String) throws -> [String: [Golden]] {
        try JSONDecoder().decode([String: [Golden]].self, from: Data(FileSystem.read(folder + name)))
    }
}

/// Whether a result is the expected one: the same labels in the same order, numbers within the tolerances.
func expect(
    _ result: Prediction.Result, _ expected: [Golden], pixels: Float, score: Float,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let found = result.finds
    #expect(found.map(\.label) == expected.map(\.label), sourceLocation: sourceLocation)
    for (a, b) in zip(found, expected) {
        #expect(abs(a.score - b.score) <= score, sourceLocation: sourceLocation)
        for (numbers, golden) in [(a.box, b.box), (a.points, b.points), (a.obb, b.obb), (a.keypoints, b.keypoints)] {
            guard let golden else { continue }
            #expect(distance(numbers, golden) <= pixels, "\(numbers) \(golden)", sourceLocation: sourceLocation)
        }
        guard let runs = b.rle else { continue }
        let mask = RunLengthMask(width: 97, height: 61, compressed: runs)?.mask
        let difference = zip(mask?.bits ?? [], a.mask?.mask.bits ?? []).count { $0 != $1 }
        #expect(a.mask != nil && mask?.area == b.area && difference <= b.unsure ?? 0, sourceLocation: sourceLocation)
    }
}

/// What results of every kind have in common.
struct Find {
    var label: Int
    var score: Float
    var box: [Float] = []
    var keypoints: [Float] = []
    var points: [Float] = []
    var obb: [Float] = []
    var mask: RegionMask?
}

extension Prediction.Result {
    var finds: [Find] {
        switch self {
        case .classifications(let all): return all.map { Find(label: $0.label, score: $0.score) }
        case .detections(let all):
            return all.map {
                Find(label: $0.label, score: $0.score, box: $0.box.coco, keypoints: $0.keypoints?.coco ?? [])
            }
        case .segments(let all):
            return all.map { Find(label: $0.label, score: $0.score, box: $0.box.coco, mask: $0.mask) }
        case .poses(let all): return all.map { Find($0) }
        case .oriented(let all):
            return all.map { found in
                let box = found.box
                let numbers = [box.centerX, box.centerY, box.width, box.height, box.angle]
                return Find(label: found.label, score: found.score, obb: numbers)
            }
        case .classMap: return []
        }
    }
}

extension Find {
    /// Points that are not seen count as absent in COCO's form.
    fileprivate init(_ pose: Pose) {
        self.init(label: pose.label, score: pose.score, box: pose.box.coco)
        keypoints = pose.points.flatMap { point -> [Float] in
            point.score >= Pose.seenScore ? [point.x, point.y, 2] : [0, 0, 0]
        }
        points = pose.points.flatMap { [$0.x, $0.y, $0.score] }
    }
}

private func distance(_ a: [Float], _ b: [Float]) -> Float {
    a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? 0 : .infinity
}
