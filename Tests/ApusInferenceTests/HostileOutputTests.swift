import ApusCore
import ApusVision
import Testing

@testable import ApusInference

/// Whatever a model gives, decoding ends in finite boxes inside the image or in a typed error.
@Suite struct HostileOutputTests {
    private static let formats: [any OutputFormat] = FormatName.allCases.map { $0.format.init() }

    private static let variants: [any OutputFormat] = {
        var pose = V8Format()
        (pose.keypoints, pose.objectness) = (2, true)
        var priors = SSDFormat()
        priors.priors = Priors(strides: [8, 16], sizes: [[8], [16]])
        (priors.activation, priors.landmarks) = (.softmax, "c")
        var columns = DetectionListFormat()
        (columns.boxes, columns.scores, columns.labels, columns.count) = ("a", "b", "c", "d")
        (columns.coordinates, columns.form) = (.image, .xywh)
        var rows = DetectionListFormat()
        (rows.keypoints, rows.suppress) = (1, true)
        var queries = DETRFormat()
        (queries.logits, queries.boxes, queries.activation) = ("a", "b", .sigmoid)
        var bins = NanoDetFormat()
        (bins.strides, bins.bins) = ([8], 2)
        var cells = YOLOXFormat()
        cells.strides = [8]
        var prototypes = DetectionListFormat()
        prototypes.prototypes = "b"
        var logits = SimCCFormat()
        (logits.x, logits.y, logits.activation) = ("a", "b", .softmax)
        var gaussian = V8OrientedFormat()
        gaussian.overlap = .probabilistic
        return [pose, priors, columns, rows, queries, bins, cells, prototypes, logits, gaussian]
    }()

    private func hostile(_ stream: inout RandomStream) -> Float {
        let odd: [Float] = [.nan, .infinity, -.infinity, .greatestFiniteMagnitude, -1e30, 1e30, 0, -1, 1, 300]
        return stream.uniform() < 0.2 ? odd[Int(stream.next() % 10)] : stream.uniform(in: -2...40)
    }

    private func array(_ stream: inout RandomStream) -> NDArray {
        let shapes: [Shape] = [
            [], [0], [1], [5], [1, 0], [0, 6], [1, 3], [1, 6, 20], [1, 20, 6], [1, 20, 4], [20, 4], [1, 20, 10],
            [1, 32, 7],
            [1, 32, 11], [1, 40, 4], [1, 40, 3], [1, 40, 2], [2, 20, 6], [1, 1, 20, 7], [1, 20], [1, 16, 16],
            [1, 11, 1],
            [1, 0, 6], [3, 4, 5, 6], [1, 2, 4, 8], [1, 3, 1, 2], [1, 1, 9, 9], [1, 8, 16], [1, 2, 128], [1, 2, 64],
            [1, 8, 4], [1, 32, 1], [20], [1, 20, 9],
        ]
        let shape = shapes[Int(stream.next() % UInt64(shapes.count))]
        let values = (0..<shape.count).map { _ in hostile(&stream) }
        switch stream.next() % 8 {
        case 0: return NDArray(values.map { Int64($0.isFinite ? max(-1e18, min(1e18, $0)) : 0) }, shape: shape)
        case 1: return NDArray(zeros: shape, dataType: .float16)
        case 2: return NDArray(zeros: shape, dataType: .bool)
        default: return NDArray(values, shape: shape)
        }
    }

    @Test(arguments: 0..<40)
    func `no outputs crash a decoder or lead out of the image`(round: Int) {
        var stream = RandomStream(seed: 11, epoch: 0, sample: round, purpose: 0)
        let placement = Placement(
            imageWidth: 100, imageHeight: 50, inputWidth: 64, inputHeight: 32, contentWidth: 64, contentHeight: 32)
        for format in Self.formats + Self.variants {
            for _ in 0..<20 {
                let names = ["a", "b", "c", "d", "cls_8", "obj_8", "bbox_8", "kps_8", "logits", "pred_boxes"]
                let arrays = Dictionary(uniqueKeysWithValues: names.map { ($0, array(&stream)) })
                let context = DecodingContext(
                    placement: placement, thresholds: Thresholds(confidence: 0.1),
                    classCount: stream.next() % 2 == 0 ? nil : Int(stream.next() % 8) + 1)
                check { () throws(InferenceError) in
                    try format.result(of: ModelOutputs(file: "m", names: names, arrays: arrays), context)
                }
            }
        }
    }

    private func check(_ result: () throws(InferenceError) -> Prediction.Result) {
        do throws(InferenceError) {
            let result = try result()
            for find in result.finds {
                #expect(find.label >= 0 && !find.score.isNaN)
                let areFinite = (find.keypoints + find.points + find.obb).allSatisfy { $0.isFinite }
                #expect(areFinite)
                guard find.box.count == 4 else { continue }
                let (x, y, width, height) = (find.box[0], find.box[1], find.box[2], find.box[3])
                #expect(x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= 100.001 && y + height <= 50.001)
            }
            if case .classMap(let map) = result { #expect(map.width == 100 && map.height == 50) }
        } catch {
            #expect(error.description.contains("expected"))
        }
    }
}
