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
    switch result {
    case .classifications(let found):
        #expect(found.map(\.label) == expected.map(\.label), sourceLocation: sourceLocation)
        for (a, b) in zip(found, expected) {
            #expect(abs(a.score - b.score) <= score, sourceLocation: sourceLocation)
        }
    case .detections(let found):
        #expect(found.map(\.label) == expected.map(\.label), sourceLocation: sourceLocation)
        for (a, b) in zip(found, expected) {
            let box = [a.box.minX, a.box.minY, a.box.width, a.box.height]
            #expect(abs(a.score - b.score) <= score, sourceLocation: sourceLocation)
            #expect(distance(box, b.box ?? []) <= pixels, "\(box) \(b.box ?? [])", sourceLocation: sourceLocation)
            #expect((a.keypoints == nil) == (b.keypoints == nil), sourceLocation: sourceLocation)
            #expect(distance(a.keypoints?.coco ?? [], b.keypoints ?? []) <= pixels, sourceLocation: sourceLocation)
        }
    }
}

private func distance(_ a: [Float], _ b: [Float]) -> Float {
    a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? 0 : .infinity
}
