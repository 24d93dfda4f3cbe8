import ApusConfiguration
import ApusAugmentation
import ApusCore
import ApusDatasets
import ApusInference
import ApusModels
import ApusONNX
import ApusRuntime
import ApusTracking
import ApusTraining
import ApusVision
import ArgumentParser

/// A model that can be evaluated: a run's best weights through LibTorch, or an exported one through our runtime.
struct EvaluatedModel {
    let name: String
    let task: ModelTask
    let classNames: [String]
    /// What the network sees, in pixels.
    let input: ImageSize
    /// Classifiers: to which images are resized before the middle is cut out, if not to cover the input.
    var shorterSide: Int?
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
        let best = try run.bestNetwork()
        let description = best.description
        return EvaluatedModel(
            name: run.id, task: try description.model.knownTask(), classNames: description.classNames,
            input: description.model.inputSize(imageSize: description.imageSize),
            shorterSide: description.shorterSide, predictor: try best.predictor, run: run)
    }

    private static func exported(_ path: String, name: String, run: Run?) throws -> EvaluatedModel {
        let model = try Model(contentsOf: path)
        let description = try ModelDescription(metadata: model.metadata)
        let letterbox = description.input.letterbox
        return EvaluatedModel(
            name: name, task: ModelTask(description.task), classNames: description.labels,
            input: ImageSize(width: letterbox.width, height: letterbox.height),
            shorterSide: description.input.shorterSide,
            predictor: try RuntimePredictor(model: model, description: description), run: run)
    }
}

extension ModelTask {
    init(_ task: ModelDescription.Task) {
        switch task {
        case .detect: self = .detect
        case .classify: self = .classify
        case .segment: self = .segment
        case .pose: self = .pose
        case .obb: self = .obb
        case .keypoints: self = .keypoints
        }
    }
}

/// Raw outputs of an exported model in our runtime.
struct RuntimePredictor: BatchPredictor {
    private let session: Session
    private let input: InputSpecification
    private let inputName: String

    init(model: Model, description: ModelDescription) throws {
        session = try Session(model: model)
        guard session.inputs.count == 1, session.inputs[0].dataType == .float32, !session.outputs.isEmpty else {
            throw ValidationError("The model has not one float32 input and an output: export it again.")
        }
        (input, inputName) = (description.input, session.inputs[0].name)
    }

    func outputs(for batch: Batch) throws -> [NDArray] {
        let found = try session.run([inputName: pixels(of: batch)])
        return session.outputs.compactMap { found[$0.name] }
    }

    private func pixels(of batch: Batch) -> NDArray {
        let (width, height) = (batch.width, batch.height)
        let imageBytes = width * height * 3
        var pixels = NDArray(uninitialized: [batch.count, 3, height, width], dataType: .float32)
        pixels.withMutableElements(of: Float.self) { elements in
            guard let base = elements.baseAddress else { return }
            for position in 0..<batch.count {
                let bytes = batch.withUnsafeBytes { Array($0[position * imageBytes..<(position + 1) * imageBytes]) }
                Image(width: width, height: height, channels: 3, pixels: bytes)
                    .normalizedCHW(into: base + position * imageBytes, input)
            }
        }
        return pixels
    }
}

extension Run {
    /// The best weights that this run has kept.
    func bestNetwork() throws -> TrainedNetwork {
        let path = CheckpointFolder(artifactPath).best
        guard FileSystem.exists(path) else {
            throw ValidationError(
                "Run \(id) has no weights: no epoch of it was completed; `apus train --resume \(id)` goes on with it.")
        }
        return try TrainedNetwork(contentsOf: path)
    }
}
