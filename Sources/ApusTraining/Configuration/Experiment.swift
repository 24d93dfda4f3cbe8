import ApusAugmentation
import ApusConfiguration
import ApusModels
import ApusNN

/// Every number of a training run, as `experiments/NAME.yaml` says it.
public struct Experiment: Defaulted, Validated, Equatable, Sendable {
    /// The experiment in the tracking store that its runs belong to.
    public var name = ""
    /// The architecture: a file of `models/`.
    public var model: WorkspacePath = "model.yaml"
    /// The data: a `dataset.yaml`.
    public var dataset: WorkspacePath = "dataset.yaml"
    /// A safetensors file to start from instead of random weights.
    public var weights: WorkspacePath?
    /// Side of the square input in pixels; a multiple of 32.
    public var imageSize = 640
    public var epochs = 100
    public var batchSize = 16
    public var seed: UInt64 = 0
    public var optimizer = OptimizerConfiguration()
    public var ema = AverageConfiguration()
    public var loss = LossGains()
    public var augmentation = AugmentationConfiguration()
    /// How many of the last epochs see no mosaic.
    public var closeMosaic = 10
    public var validation = ValidationConfiguration()
    /// Epochs without a better result after which training ends.
    public var patience = 100
    public var machine = MachineConfiguration()

    public init() {}

    public static let requiredKeys: Set<String> = ["name", "model", "dataset"]

    enum CodingKeys: String, CodingKey {
        case name, model, dataset, weights
        case imageSize = "image_size"
        case epochs
        case batchSize = "batch_size"
        case seed, optimizer, ema, loss, augmentation
        case closeMosaic = "close_mosaic"
        case validation, patience, machine
    }

    public func problems() -> [ConfigurationProblem] {
        [
            .require("name", !name.isEmpty, expected: "a name", found: "nothing"),
            .require(
                "image_size", (32...4096).contains(imageSize) && imageSize % 32 == 0,
                expected: "a multiple of 32 from 32 to 4096", found: imageSize),
            .range("epochs", epochs, 1...100_000),
            .range("batch_size", batchSize, 1...65_536), pixelProblem,
            .atLeast("close_mosaic", closeMosaic, 0),
            .atLeast("patience", patience, 1),
        ].compactMap { $0 }
    }

    /// A batch's bytes are one piece of memory.
    private var pixelProblem: ConfigurationProblem? {
        guard (32...4096).contains(imageSize), (1...65_536).contains(batchSize) else { return nil }
        let limit = Experiment.maximumBatchPixels / (imageSize * imageSize)
        return .require(
            "batch_size", batchSize <= limit, expected: "at most \(limit) images of \(imageSize)×\(imageSize) pixels",
            found: batchSize)
    }

    private static let maximumBatchPixels = 1 << 30
}

/// The optimizer and its schedule; the names and defaults are those of yolov8-style training.
public struct OptimizerConfiguration: Defaulted, Validated, Equatable, Sendable {
    public enum Name: String, Codable, CaseIterable, Sendable { case sgd, adamw }

    public var name = Name.sgd
    /// The learning rate after warm-up.
    public var lr0 = 0.01
    /// The last learning rate, as a fraction of `lr0`.
    public var lrf = 0.01
    public var schedule = Schedule.linear
    /// SGD's momentum; AdamW's first beta.
    public var momentum = 0.937
    /// AdamW's second beta.
    public var beta2 = 0.999
    public var nesterov = true
    public var weightDecay = 5e-4
    /// Gradients are accumulated until about this many images have been seen; weight decay is scaled to it.
    public var nominalBatchSize = 64
    public var warmupEpochs = 3.0
    /// Warm-up lasts at least this many steps.
    public var warmupMinimumSteps = 100
    public var warmupMomentum = 0.8
    public var warmupBiasLR = 0.1
    /// Gradients are scaled down to this Euclidean norm; 0 for no limit.
    public var clipNorm = 10.0

    public init() {}

    enum CodingKeys: String, CodingKey {
        case name, lr0, lrf, schedule, momentum, beta2, nesterov
        case weightDecay = "weight_decay"
        case nominalBatchSize = "nominal_batch_size"
        case warmupEpochs = "warmup_epochs"
        case warmupMinimumSteps = "warmup_minimum_steps"
        case warmupMomentum = "warmup_momentum"
        case warmupBiasLR = "warmup_bias_lr"
        case clipNorm = "clip_norm"
    }

    public func problems() -> [ConfigurationProblem] {
        [
            .require("lr0", lr0 > 0, expected: "a number above 0", found: lr0),
            .range("lrf", lrf, 0...1),
            .require("momentum", (0..<1).contains(momentum), expected: "0 up to, not including, 1", found: momentum),
            .require("beta2", (0..<1).contains(beta2), expected: "0 up to, not including, 1", found: beta2),
            .atLeast("weight_decay", weightDecay, 0),
            .range("nominal_batch_size", nominalBatchSize, 1...1_000_000),
            .range("warmup_epochs", warmupEpochs, 0...100_000),
            .range("warmup_minimum_steps", warmupMinimumSteps, 0...1_000_000_000),
            .require(
                "warmup_momentum", (0..<1).contains(warmupMomentum), expected: "0 up to, not including, 1",
                found: warmupMomentum),
            .atLeast("warmup_bias_lr", warmupBiasLR, 0),
            .atLeast("clip_norm", clipNorm, 0),
        ].compactMap { $0 }
    }
}

/// The exponential moving average of the weights, which is what is evaluated and exported.
public struct AverageConfiguration: Defaulted, Validated, Equatable, Sendable {
    public var decay = 0.9999
    /// Steps over which the decay grows from 0: `decay · (1 − exp(−step / tau))`.
    public var tau = 2000.0

    public init() {}

    public func problems() -> [ConfigurationProblem] {
        [
            .range("decay", decay, 0...1),
            .require("tau", tau > 0, expected: "a number above 0", found: tau),
        ].compactMap { $0 }
    }
}

/// When and how the validation split is evaluated.
public struct ValidationConfiguration: Defaulted, Validated, Equatable, Sendable {
    /// Epochs from one evaluation to the next; the last epoch is always evaluated.
    public var every = 1
    public var confidence: Float = 0.001
    public var iou: Float = 0.7
    public var maximumDetections = 300

    public init() {}

    enum CodingKeys: String, CodingKey {
        case every, confidence, iou
        case maximumDetections = "maximum_detections"
    }

    public func problems() -> [ConfigurationProblem] {
        [
            .atLeast("every", every, 1), .range("confidence", confidence, 0...1), .range("iou", iou, 0...1),
            .atLeast("maximum_detections", maximumDetections, 1),
        ].compactMap { $0 }
    }
}

/// The weights of the loss's parts.
public struct LossGains: Defaulted, Validated, Equatable, Sendable {
    public var box = 7.5
    public var cls = 0.5
    public var dfl = 1.5

    public init() {}

    public func problems() -> [ConfigurationProblem] {
        [.atLeast("box", box, 0), .atLeast("cls", cls, 0), .atLeast("dfl", dfl, 0)].compactMap { $0 }
    }

    var criterion: DetectionLoss {
        var loss = DetectionLoss()
        (loss.boxGain, loss.classGain, loss.distributionGain) = (box, cls, dfl)
        return loss
    }
}

/// What of the machine a run uses. The loader's threads never change a result; the compute threads may, in the last bit.
public struct MachineConfiguration: Defaulted, Validated, Equatable, Sendable {
    /// Compute threads; 0 for one a core.
    public var threads = 0
    /// Threads that decode and augment.
    public var loaderThreads = 1
    /// Decoded images kept in memory, at most.
    public var cacheMegabytes = 1024

    public init() {}

    enum CodingKeys: String, CodingKey {
        case threads
        case loaderThreads = "loader_threads"
        case cacheMegabytes = "cache_megabytes"
    }

    public func problems() -> [ConfigurationProblem] {
        [
            .range("threads", threads, 0...1024), .range("loader_threads", loaderThreads, 1...256),
            .atLeast("cache_megabytes", cacheMegabytes, 0),
        ].compactMap { $0 }
    }
}
