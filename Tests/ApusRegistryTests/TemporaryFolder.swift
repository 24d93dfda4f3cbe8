import ApusConfiguration
import ApusCore
import ApusModelSupport
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

    /// `y = 2 x` of numbers, which no image goes into.
    static var doubling: Model {
        var builder = GraphBuilder(name: "doubling")
        let x = builder.input("x", shape: ["n"])
        let two = builder.constant(NDArray([2] as [Float], shape: [1]), name: "two")
        builder.output(builder.node("Mul", [x, two], output: "y"), name: "y", shape: ["n"])
        return builder.model(opset: 17)
    }

    @discardableResult
    func register(_ model: Model = tinyDetector(), as name: String = "net") throws -> ModelVersion {
        try ModelRegistration(name: name, file: write(model)).register(in: registry, models: models).version
    }
}
