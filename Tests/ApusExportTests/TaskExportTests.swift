import ApusCore
import ApusModels
import ApusNN
import ApusONNX
import ApusRuntime
import ApusTorch
import ApusVision
import Glibc
import Testing

@testable import ApusExport

/// Tiny networks of every task.
enum TinyNetworks {
    static let scale = V8Scale(depth: 0.34, width: 0.06, maxChannels: 512)

    static func pixels(_ batch: Int, width: Int = 96, height: Int = 64) -> NDArray {
        var random = RandomStream(seed: 5)
        let shape: Shape = [batch, 3, height, width]
        return NDArray((0..<shape.count).map { _ in random.uniform() }, shape: shape)
    }

    /// With statistics and last weights as after training.
    static func settled<Network: V8Network>(_ network: Network, _ branches: [V8Head.Branch]) -> Network {
        network.adoptStatistics { _ = network(Tensor(pixels(24))) }
        var random = RandomStream(seed: 3, purpose: 1)
        for branch in network.head.cv2 + network.head.cv3 + branches {
            for parameter in [branch.last.weight, branch.last.bias].compactMap({ $0 }) {
                let values = (0..<parameter.count).map { _ in random.uniform(in: -1...1) }
                parameter.assign(Tensor(values, shape: parameter.shape))
            }
        }
        return network
    }

    static func segmenter() -> V8Segmenter {
        let network = V8Segmenter(scale: scale, classCount: 3)
        return settled(network, network.extendedHead.cv4)
    }

    static func poseEstimator() -> V8PoseEstimator {
        let network = V8PoseEstimator(scale: scale, classCount: 3, keypointCount: 5)
        return settled(network, network.extendedHead.cv4)
    }

    static func orientedDetector() -> V8OrientedDetector {
        let network = V8OrientedDetector(scale: scale, classCount: 3)
        return settled(network, network.extendedHead.cv4)
    }

    static func keypoints(_ backbone: String) throws -> SimCC {
        let network = try ModelRegistry.makeKeypointEstimator(
            ModelConfiguration(architecture: "simcc", backbone: backbone, inputWidth: 64, inputHeight: 96),
            keypointCount: 4, seed: 1)
        network.adoptStatistics { _ = network(Tensor(pixels(24, width: 64, height: 96))) }
        return network
    }
}

/// Every task beside detection, LibTorch beside our runtime.
@Suite(.serialized) struct TaskExportTests {
    private func description(_ task: ModelDescription.Task) -> ModelDescription {
        ModelDescription(
            task: task, labels: TinyDetector.labels,
            input: InputSpecification(letterbox: LetterboxSpecification(width: 96, height: 64)), name: "tiny")
    }

    private func difference(_ a: NDArray, _ b: NDArray) -> Float {
        guard a.shape == b.shape else { return .infinity }
        return zip(a.elements(of: Float.self), b.elements()).map { abs($0 - $1) }.max() ?? .infinity
    }

    private func expectParity(
        _ network: any ObjectNetwork, _ task: ModelDescription.Task, rows: Int, isDynamic: Bool
    ) throws {
        let exporter = ModelExporter(description: description(task), hasDynamicSize: isDynamic)
        let model = try exporter.model(of: network)
        try Checker.check(model)
        let operators = GraphSummary(model).operators
        #expect(operators["BatchNormalization"] == nil && operators["Identity"] == nil)
        let session = try Session(model: model)
        let found = try session.run(["images": TinyNetworks.pixels(2)])
        let output = network.evaluated(Tensor(TinyNetworks.pixels(2)))
        let (expected, output0) = try (output.decoded().array(), #require(found["output0"]))
        #expect(expected.shape.dimensions == [2, rows, 126])
        // In pixels of a 96-pixel image.
        #expect(difference(expected, output0) < 5e-3)
        let report = try ParityCheck(description: description(task))(network, session, images: TinyDetector.images())
        #expect(report.largestDifference < 1e-4, "\(report)")
        #expect(report.boxes.total > 0 && report.boxes.fraction == 1, "\(report)")
    }

    @Test(arguments: [false, true])
    func `a segmenter's export computes what LibTorch computes`(isDynamic: Bool) throws {
        let network = TinyNetworks.segmenter()
        try expectParity(network, .segment, rows: 7 + 32, isDynamic: isDynamic)
        let exporter = ModelExporter(description: description(.segment), hasDynamicSize: isDynamic)
        let model = try exporter.model(of: network)
        #expect(model.graph.outputs.map(\.name) == ["output0", "output1"])
        let found = try #require(try Session(model: model).run(["images": TinyNetworks.pixels(2)])["output1"])
        #expect(found.shape.dimensions == [2, 32, 16, 24])
        #expect(difference(network.evaluated(Tensor(TinyNetworks.pixels(2))).prototypes.array(), found) < 1e-4)
    }

    @Test(arguments: [false, true])
    func `a pose network's export computes what LibTorch computes`(isDynamic: Bool) throws {
        try expectParity(TinyNetworks.poseEstimator(), .pose, rows: 7 + 15, isDynamic: isDynamic)
    }

    @Test(arguments: [false, true])
    func `an oriented detector's export computes what LibTorch computes`(isDynamic: Bool) throws {
        try expectParity(TinyNetworks.orientedDetector(), .detect, rows: 7 + 1, isDynamic: isDynamic)
    }

    @Test func `a v8-style classifier's export computes what LibTorch computes`() throws {
        let network = V8Classifier(scale: TinyNetworks.scale, classCount: 3)
        network.adoptStatistics { _ = network(Tensor(TinyNetworks.pixels(24))) }
        let model = try ModelExporter(description: description(.classify)).model(of: network)
        try Checker.check(model)
        let found = try #require(try Session(model: model).run(["images": TinyNetworks.pixels(2)])["output0"])
        #expect(difference(network.predict(Tensor(TinyNetworks.pixels(2))).array(), found) < 1e-4)
    }

    @Test(arguments: ["resnet18", "mobilenet_v3_large", "mobilenet_v2"])
    func `a keypoint network's export computes what LibTorch computes`(backbone: String) throws {
        let network = try TinyNetworks.keypoints(backbone)
        var description = description(.pose)
        description.input.letterbox = LetterboxSpecification(width: 64, height: 96)
        let exporter = ModelExporter(description: description)
        let model = try exporter.model(of: network)
        try Checker.check(model)
        let pixels = TinyNetworks.pixels(2, width: 64, height: 96)
        let found = try Session(model: model).run(["images": pixels])
        let expected = network.predict(Tensor(pixels))
        let (x, y) = try (#require(found["simcc_x"]), #require(found["simcc_y"]))
        #expect(x.shape.dimensions == [2, 4, 128] && y.shape.dimensions == [2, 4, 192])
        #expect(difference(expected.x.array(), x) < 1e-4 && difference(expected.y.array(), y) < 1e-4)
        let report = try ParityCheck(description: description)(
            network, try Session(model: model), images: TinyDetector.images())
        #expect(report.largestDifference < 1e-4)
    }

    @Test func `a keypoint network takes its own size only`() throws {
        #expect(throws: ExportError.crop(model: [64, 96], description: [96, 64])) {
            try ModelExporter(description: description(.pose)).model(of: TinyNetworks.keypoints("resnet18"))
        }
    }

    /// Writes what `Oracles/run_tasks.py` reads: each model, its input and what LibTorch makes of it.
    @Test(.enabled(if: getenv("APUS_WRITTEN_MODELS") != nil))
    func `writes the tasks' models for onnxruntime`() throws {
        let folder = String(cString: getenv("APUS_WRITTEN_MODELS"))
        func write(_ name: String, _ model: Model, _ pixels: NDArray, _ outputs: [String: Tensor]) throws {
            try model.write(to: "\(folder)/\(name).onnx")
            try NPYFile.write(pixels, to: "\(folder)/\(name).images.npy")
            for (output, value) in outputs {
                try NPYFile.write(value.array(), to: "\(folder)/\(name).\(output).npy")
            }
        }
        let pixels = TinyNetworks.pixels(2)
        let networks: [(String, any ObjectNetwork, ModelDescription.Task)] = [
            ("task-segment", TinyNetworks.segmenter(), .segment), ("task-pose", TinyNetworks.poseEstimator(), .pose),
            ("task-obb", TinyNetworks.orientedDetector(), .detect),
        ]
        for (name, network, task) in networks {
            let output = network.evaluated(Tensor(pixels))
            var outputs = ["output0": try output.decoded()]
            outputs["output1"] = (output as? SegmentationOutput)?.prototypes
            for isDynamic in [false, true] {
                let exporter = ModelExporter(description: description(task), hasDynamicSize: isDynamic)
                try write(name + (isDynamic ? "-dynamic" : ""), try exporter.model(of: network), pixels, outputs)
            }
        }
        let keypoints = try TinyNetworks.keypoints("resnet18")
        var description = description(.pose)
        description.input.letterbox = LetterboxSpecification(width: 64, height: 96)
        let crops = TinyNetworks.pixels(2, width: 64, height: 96)
        let output = keypoints.predict(Tensor(crops))
        try write(
            "task-simcc", try ModelExporter(description: description).model(of: keypoints), crops,
            ["simcc_x": output.x, "simcc_y": output.y])
    }
}
