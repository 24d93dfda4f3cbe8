import ApusCommands
import ApusConfiguration
import ApusAugmentation
import ApusCore
import ApusDatasets
import ApusDigest
import ApusInference
import ApusModels
import ApusONNX
import ApusRuntime
import ApusTorch
import ApusTracking
import ApusTraining
import ApusVision
import ArgumentParser

/// A model that can be evaluated: a run's best weights through LibTorch, an exported one through our runtime, or any
/// other ONNX file that `apus-infer` can read.
struct EvaluatedModel {
    let name: String
    let task: ModelTask
    let classNames: [String]
    /// What the network sees, in pixels.
    let input: ImageSize
    /// Classifiers: to which images are resized before the middle is cut out, if not to cover the input.
    var shorterSide: Int?
    let engine: Engine
    /// The ONNX file, of an exported model.
    var file: String?
    /// What it is in the registry, where it was named so.
    var version: ResolvedModel?
    /// The run that made it, where the store knows it.
    let run: Run?

    enum Engine {
        /// Batches of a loader in, raw outputs out.
        case batches(any BatchPredictor)
        /// Images in, results out.
        case images(Predictor)
    }

    /// The file of its weights.
    var weights: String? { file ?? run.map { CheckpointFolder($0.artifactPath).best } }

    var batchPredictor: (any BatchPredictor)? {
        if case .batches(let predictor) = engine { predictor } else { nil }
    }

    /// Whether it may know classes that the data do not have, in an order of its own.
    var isForeign: Bool {
        if case .images = engine { true } else { false }
    }

    /// Whether this names a run, not what was exported from one.
    static func isRun(_ reference: String) -> Bool {
        !reference.hasSuffix(".onnx") && !reference.contains("@") && !reference.contains("/")
    }

    /// Finds a run (id, start of one, `latest`), `NAME@ALIAS`, `NAME/VERSION`, or a file.
    ///
    /// - Parameter device: where a run's network computes; exported models run on the CPU.
    static func find(
        _ reference: String, in workspace: Workspace, device: String = "auto"
    ) throws -> EvaluatedModel {
        if reference.hasSuffix(".onnx") { return try exported(reference, name: reference, run: nil) }
        if reference.contains("@") || reference.contains("/") {
            let store = try TrackingStore(root: workspace.store, creatingIfMissing: false)
            let resolved = try ApusTracking.ModelRegistry(store).resolve(reference)
            let version = try ApusTracking.ModelRegistry(store).version(resolved.version, of: resolved.name)
            try ChecksumList.verify(resolved.folder, file: try resolved.fileName(), registered: resolved.digest)
            var model = try exported(
                resolved.folder + "/" + (try resolved.fileName()), name: "\(resolved.name)/\(resolved.version)",
                run: version.runID.flatMap { try? store.run(id: $0) })
            model.version = resolved
            return model
        }
        let run = try TrackingStore(root: workspace.store, creatingIfMissing: false).run(matching: reference)
        return try trained(run, on: try Device(named: device))
    }

    private static func trained(_ run: Run, on device: Device) throws -> EvaluatedModel {
        let best = try run.bestNetwork()
        let description = best.description
        return EvaluatedModel(
            name: run.id, task: try description.model.knownTask(), classNames: description.classNames,
            input: description.model.inputSize(imageSize: description.imageSize),
            shorterSide: description.shorterSide, engine: .batches(try best.predictor(on: device)), run: run)
    }

    private static func exported(_ path: String, name: String, run: Run?) throws -> EvaluatedModel {
        let model = try Model(contentsOf: path)
        guard model.metadata["apus.task"] != nil else { return try foreign(path, name: name, run: run) }
        let description = try ModelDescription(metadata: model.metadata)
        let letterbox = description.input.letterbox
        return EvaluatedModel(
            name: name, task: ModelTask(description.task), classNames: description.labels,
            input: ImageSize(width: letterbox.width, height: letterbox.height),
            shorterSide: description.input.shorterSide,
            engine: .batches(try RuntimePredictor(model: model, description: description)), file: path, run: run)
    }

    /// A model of others: by its metadata, a sidecar beside it, or what its inputs and outputs tell.
    private static func foreign(_ path: String, name: String, run: Run?) throws -> EvaluatedModel {
        let measured = ValidationConfiguration()
        let predictor = try Predictor(
            contentsOf: path,
            options: .init(
                confidence: Float(measured.confidence), iou: Float(measured.iou), maximum: measured.maximumDetections,
                top: .max, threads: 1))
        return EvaluatedModel(
            name: name, task: ModelTask(predictor.sidecar.decode), classNames: predictor.sidecar.labels,
            input: ImageSize(square: 32),
            engine: .images(predictor), file: path, run: run)
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

extension ModelTask {
    /// What a model whose outputs are read so is measured at.
    init(_ format: any OutputFormat) {
        switch format.format {
        case .v8: self = (format as? V8Format).map { $0.keypoints > 0 } == true ? .pose : .detect
        case .yolox, .nanodet, .ssd, .yunet, .detr, .detections, .selected: self = .detect
        case .segment, .semantic: self = .segment
        case .oriented: self = .obb
        case .classifier: self = .classify
        case .simcc: self = .keypoints
        }
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
