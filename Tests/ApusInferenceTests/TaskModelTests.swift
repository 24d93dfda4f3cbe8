import ApusCore
import ApusONNX
import ApusVision
import Testing

@testable import ApusInference

/// Small models of masks, points, boxes at an angle and classes of pixels, against onnxruntime and NumPy.
@Suite struct TaskModelTests {
    private let image: Image
    private let goldens: [String: [Golden]]

    init() throws {
        image = try Image(contentsOf: Golden.folder + "picture.png")
        goldens = try Golden.read("tasks.json")
    }

    private func path(_ name: String) -> String { Golden.folder + "models/\(name).onnx" }

    /// A model of the generator's under other metadata.
    private func model(_ name: String, _ description: ModelDescription) throws -> Model {
        var model = try Model(contentsOf: path(name))
        model.metadata = description.metadata
        return model
    }

    private func description(
        _ task: ModelDescription.Task, _ labels: [String], width: Int = 64, height: Int = 32,
        keypoints: KeypointLayout? = nil
    ) -> ModelDescription {
        ModelDescription(
            task: task, labels: labels, input: .init(letterbox: .init(width: width, height: height)),
            keypoints: keypoints)
    }

    @Test(arguments: ["segment", "segment-rows", "pose-rows"])
    func `what Ultralytics' exporter writes is read by its metadata and shapes`(name: String) throws {
        let predictor = try Predictor(contentsOf: path(name), options: .init(threads: 1))
        #expect(predictor.source == .metadata)
        expect(try predictor.result(for: image), try #require(goldens[name]), pixels: 2e-3, score: 1e-4)
        let names = name == "pose-rows" ? ["snout", "tail", "paw"] : nil
        #expect(predictor.keypoints?.names == names)
    }

    @Test func `boxes at an angle suppress each other by the measure that is asked for`() throws {
        let theirs = try Predictor(contentsOf: path("obb"), options: .init(iou: 0.5, threads: 1))
        #expect((theirs.sidecar.decode as? V8OrientedFormat)?.overlap == .probabilistic)
        expect(try theirs.result(for: image), try #require(goldens["obb"]), pixels: 2e-3, score: 1e-4)
        let ours = try OrientedDetector(
            model: model("obb", description(.obb, ["ship", "plane"])), file: "obb",
            options: .init(iouThreshold: 0.3, threads: 1))
        let found = try ours.detections(in: image)
        expect(.oriented(found), try #require(goldens["obb-exact"]), pixels: 2e-3, score: 1e-4)
    }

    @Test func `overlaps of boxes at an angle are OpenCV's, and those of NumPy's matrices`() throws {
        for golden in try #require(goldens["overlaps"]) {
            let box = { (v: [Float]) in
                OrientedBox(centerX: v[0], centerY: v[1], width: v[2], height: v[3], angle: v[4])
            }
            let (a, b) = (box(try #require(golden.box)), box(try #require(golden.points)))
            #expect(abs(OrientedOverlap.exact(a, b) - golden.score) < 1e-3)
            #expect(abs(OrientedOverlap.probabilistic(a, b) - (golden.points?[5] ?? -1)) < 1e-4)
        }
    }

    @Test func `a segmenter of ours gives masks in pixels of the image`() throws {
        let segmenter = try Segmenter(
            model: model("segment", description(.segment, ["cell", "nucleus"])), file: "segment",
            options: .init(threads: 1))
        let found = try segmenter.segments(in: image)
        expect(.segments(found), try #require(goldens["segment"]), pixels: 2e-3, score: 1e-4)
        for segment in found {
            guard let box = segment.mask.boundingBox else { continue }
            #expect(box.minX + 0.5 >= segment.box.minX && box.maxX - 0.5 <= segment.box.maxX)
            #expect(box.minY + 0.5 >= segment.box.minY && box.maxY - 0.5 <= segment.box.maxY)
        }
    }

    @Test func `a pose estimator of ours gives every point`() throws {
        let two = KeypointLayout(count: 2, names: ["head", "foot"])
        let estimator = try PoseEstimator(
            model: model("pose", description(.pose, ["person"], keypoints: two)), file: "pose",
            options: .init(threads: 1))
        let poses = try estimator.poses(in: image)
        let expected = try #require(try Golden.read("results.json")["pose"])
        expect(.poses(poses), expected, pixels: 2e-3, score: 1e-4)
        #expect(poses.allSatisfy { $0.points.count == 2 } && estimator.keypoints == two && !estimator.isTopDown)
    }

    /// Boxes of the generator, and one without area, which is passed over.
    private var objects: [Detection] {
        let boxes: [[Float]] = [[10, 5, 40, 50], [20, 20, 0, 9], [60.5, -8, 30, 45.25]]
        return boxes.map { v in
            Detection(BoundingBox(minX: v[0], minY: v[1], maxX: v[0] + v[2], maxY: v[1] + v[3]), label: 3, score: 1)
        }
    }

    @Test func `a top-down model looks at one box at a time, or at the whole image`() throws {
        let predictor = try Predictor(contentsOf: path("simcc"), options: .init(threads: 1))
        #expect(predictor.isTopDown && predictor.assumptions?.contains("simcc") == true)
        let boxed = try predictor.result(for: image, boxes: objects)
        // Half a bin of a crop is a pixel of the image and more: places are equal or far apart.
        expect(boxed, try #require(goldens["simcc"]), pixels: 2e-2, score: 1e-4)
        let whole = try #require(goldens["simcc-whole"])
        expect(try predictor.result(for: image, boxes: nil), whole, pixels: 2e-2, score: 1e-4)
        #expect(try predictor.result(for: image, boxes: []) == .poses([]))
    }

    @Test func `a top-down model of ours gives probabilities`() throws {
        let layout = KeypointLayout(count: 5)
        let ours = try model("simcc", description(.keypoints, ["mouse"], width: 24, height: 32, keypoints: layout))
        let estimator = try PoseEstimator(model: ours, file: "simcc", options: .init(threads: 1))
        let poses = try estimator.poses(in: image, of: objects)
        #expect(estimator.isTopDown && poses.count == 2 && poses[0].box == objects[0].box)
        #expect(poses.allSatisfy { $0.label == 0 && $0.points.allSatisfy { (0.01...1).contains($0.score) } })
        #expect(try estimator.poses(in: image).count == 1)
    }

    @Test func `scores of planes become a class for each pixel of the image`() throws {
        let predictor = try Predictor(contentsOf: path("semantic"), options: .init(threads: 1))
        #expect(predictor.assumptions?.contains("semantic") == true)
        guard case .classMap(let map) = try predictor.result(for: image) else {
            Issue.record("no class map")
            return
        }
        let bytes = try FileSystem.read(Golden.folder + "semantic.png")
        let expected = try bytes.withUnsafeBytes { try IndexImage(decodingPNG: $0, name: "semantic.png").indices }
        let unsure = try #require(goldens["semantic"]?.first?.unsure)
        #expect(map.width == 97 && map.height == 61)
        let difference = zip(map.indices, expected).count { $0 != $1 }
        #expect(difference <= unsure)
        #expect(map.pixelCounts.reduce(0, +) == 97 * 61)
    }

    @Test func `a classifier names as many classes as are asked for`() throws {
        let predictor = try Predictor(contentsOf: path("classify"), options: .init(top: 3, threads: 1))
        expect(try predictor.result(for: image), try #require(goldens["classify"]), pixels: 0, score: 1e-4)
    }

    @Test(arguments: [("segment", "pose"), ("obb", "segment"), ("segment", "obb"), ("pose-rows", "segment")])
    func `outputs of another task are refused`(name: String, task: String) throws {
        var other = try Model(contentsOf: path(name))
        other.metadata["task"] = task
        let folder = try TemporaryFolder()
        try other.write(to: folder.path + "/m.onnx")
        let error = #expect(throws: InferenceError.self) {
            _ = try Predictor(contentsOf: folder.path + "/m.onnx", options: .init(threads: 1)).result(for: image)
        }
        #expect(error?.description.contains("expected") == true, "\(error?.description ?? "")")
    }

    @Test func `a model for another task says so`() {
        let expected = InferenceError.task(file: "m", expected: .segment, found: .detect)
        #expect(throws: expected) { try Segmenter(model: TinyModel.detector(), file: "m") }
        let pose = InferenceError.task(file: "m", expected: .pose, found: .classify)
        #expect(throws: pose) { try PoseEstimator(model: TinyModel.classifier(), file: "m") }
        let obb = InferenceError.task(file: "m", expected: .obb, found: .detect)
        #expect(throws: obb) { try OrientedDetector(model: TinyModel.detector(), file: "m") }
    }
}
