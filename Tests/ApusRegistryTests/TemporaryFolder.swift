import ApusConfiguration
import ApusCore
import ApusONNX
import ApusRegistry
import ApusTracking
import ApusVision
import Foundation

/// A folder that is gone when the test is done.
final class TemporaryFolder {
    let path = "/tmp/apus-registry-\(UUID().uuidString)"

    init() throws { try FileSystem.createFolder(path) }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A workspace with a store, and models that find one box in the middle.
final class RegistryWorkspace {
    let folder: TemporaryFolder
    let store: TrackingStore
    let registry: ModelRegistry
    var path: String { folder.path }
    var models: String { path + "/models" }

    init() throws {
        folder = try TemporaryFolder()
        for name in ["datasets", "models"] { try FileSystem.createFolder(folder.path + "/" + name) }
        store = try TrackingStore(root: folder.path + "/experiments/mlruns", durable: false)
        registry = ModelRegistry(store)
    }

    /// Writes a model file.
    func write(_ model: Model, to name: String = "model.onnx") throws -> String {
        try model.write(to: path + "/" + name)
        return path + "/" + name
    }

    /// A detector whose score is the mean of all pixels times `score`; `labels` of `nil` make it say nothing of itself.
    static func detector(labels: [String]? = ["shirt", "boot"], score: Float = 0.5) -> Model {
        var builder = GraphBuilder(name: "tiny")
        let images = builder.input("images", shape: ["batch", 3, 32, 32])
        let mean = builder.node("ReduceMean", [images], attributes: ["axes": [1, 2, 3], "keepdims": 0])
        let weights = builder.constant(NDArray([0, 0, 0, 0, score, 0], shape: [1, 6, 1]), name: "weights")
        let boxes = builder.constant(NDArray([16, 16, 16, 8, 0, 0] as [Float], shape: [1, 6, 1]), name: "boxes")
        let output = builder.node("Add", [builder.node("Mul", [mean, weights]), boxes], output: "output")
        builder.output(output, name: "output", shape: ["batch", 6, 1])
        let description = labels.map {
            ModelDescription(
                task: .detect, labels: $0, input: .init(letterbox: .init(width: 32, height: 32)),
                detection: .init(strides: [32]))
        }
        return builder.model(opset: 17, metadata: description?.metadata ?? [:])
    }

    /// `y = 2 x` of numbers, which no image goes into.
    static var doubling: Model {
        var builder = GraphBuilder(name: "doubling")
        let x = builder.input("x", shape: ["n"])
        let two = builder.constant(NDArray([2] as [Float], shape: [1]), name: "two")
        builder.output(builder.node("Mul", [x, two], output: "y"), name: "y", shape: ["n"])
        return builder.model(opset: 17)
    }

    @discardableResult
    func register(_ model: Model = RegistryWorkspace.detector(), as name: String = "net") throws -> ModelVersion {
        try ModelRegistration(name: name, file: write(model)).register(in: registry, models: models).version
    }
}
