import ApusConfiguration
import ApusCore
import ApusDatasets
import ApusInference
import ApusONNX
import ApusRuntime
import ApusTracking
import ApusTraining
import ApusVision
import ArgumentParser

/// A model that can be evaluated: a run's best weights through LibTorch, or an exported one through our runtime.
struct EvaluatedModel {
    let name: String
    let classNames: [String]
    let imageSize: Int
    let predictor: any BatchPredictor
    /// The run that made it, where the store knows it.
    let run: Run?

    /// Finds a run (id, start of one, `latest`), `NAME@ALIAS`, `NAME/VERSION`, or a file.
    static func find(_ reference: String, in workspace: Workspace) throws -> EvaluatedModel {
        if reference.hasSuffix(".onnx") { return try exported(reference, name: reference, run: nil) }
        if reference.contains("@") || reference.contains("/") {
            let store = try TrackingStore(root: workspace.store, creatingIfMissing: false)
            let resolved = try ApusTracking.ModelRegistry(store).resolve(reference)
            let version = try ApusTracking.ModelRegistry(store).version(resolved.version, of: resolved.name)
            return try exported(
                resolved.folder + "/model.onnx", name: "\(resolved.name)/\(resolved.version)",
                run: version.runID.flatMap { try? store.run(id: $0) })
        }
        let run = try TrackingStore(root: workspace.store, creatingIfMissing: false).run(matching: reference)
        return try trained(run)
    }

    private static func trained(_ run: Run) throws -> EvaluatedModel {
        let best = try run.bestDetector()
        return EvaluatedModel(
            name: run.id, classNames: best.description.classNames, imageSize: best.description.imageSize,
            predictor: DetectorPredictor(best.detector), run: run)
    }

    private static func exported(_ path: String, name: String, run: Run?) throws -> EvaluatedModel {
        let model = try Model(contentsOf: path)
        let description = try ModelDescription(metadata: model.metadata)
        return EvaluatedModel(
            name: name, classNames: description.labels, imageSize: description.input.letterbox.width,
            predictor: try RuntimePredictor(model: model, description: description), run: run)
    }
}

/// Raw detections from an exported model in our runtime.
struct RuntimePredictor: BatchPredictor {
    private let session: Session
    private let input: InputSpecification
    private let inputName: String
    private let outputName: String
    /// Of the output: a box and a score a class.
    private let rows: Int

    init(model: Model, description: ModelDescription) throws {
        session = try Session(model: model)
        guard session.inputs.count == 1, session.inputs[0].dataType == .float32, !session.outputs.isEmpty,
            description.task == .detect
        else {
            throw ValidationError("The model is no detector with one float32 input and an output: export it again.")
        }
        input = description.input
        rows = 4 + description.labels.count
        (inputName, outputName) = (session.inputs[0].name, session.outputs[0].name)
    }

    func rawDetections(for batch: Batch) throws -> [Float] {
        let size = batch.imageSize
        let imageBytes = size * size * 3
        var pixels = NDArray(uninitialized: [batch.count, 3, size, size], dataType: .float32)
        pixels.withMutableElements(of: Float.self) { elements in
            guard let base = elements.baseAddress else { return }
            for position in 0..<batch.count {
                let bytes = batch.withUnsafeBytes { Array($0[position * imageBytes..<(position + 1) * imageBytes]) }
                Image(width: size, height: size, channels: 3, pixels: bytes)
                    .normalizedCHW(into: base + position * imageBytes, input)
            }
        }
        guard let output = try session.run([inputName: pixels])[outputName] else { return [] }
        let extents = output.shape.dimensions
        guard output.dataType == .float32, extents.count == 3, extents[0] == batch.count, extents[1] == rows else {
            throw ValidationError(
                "\(outputName) is \(output.dataType) \(output.shape), "
                    + "expected float32 [\(batch.count), \(rows), anchors]: export the model again.")
        }
        return output.elements()
    }
}

extension Run {
    /// The best weights that this run has kept.
    func bestDetector() throws -> TrainedDetector {
        let path = CheckpointFolder(artifactPath).best
        guard FileSystem.exists(path) else {
            throw ValidationError(
                "Run \(id) has no weights: no epoch of it was completed; `apus train --resume \(id)` goes on with it.")
        }
        return try TrainedDetector(contentsOf: path)
    }
}
