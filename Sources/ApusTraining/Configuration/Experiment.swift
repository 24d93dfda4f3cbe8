import ApusAugmentation
import ApusConfiguration
import ApusDatasets
import ApusModels
import ApusNN
import ApusTorch
import ApusTuning

/// Every number of a training run, as `experiments/NAME.yaml` says it.
public struct Experiment: Defaulted, Validated, Equatable, Sendable {
    /// The experiment in the tracking store that its runs belong to.
    public var name = ""
    /// The architecture: a file of `models/`.
    public var model: WorkspacePath = "model.yaml"
    /// The data: a `dataset.yaml`.
    public var dataset: WorkspacePath = "dataset.yaml"
    /// Weights to start from instead of random ones: a safetensors file or a checkpoint of PyTorch.
    public var weights: WorkspacePath?
    /// Whether weights that do not fit the model one to one are an error.
    public var strictWeights = false
    /// What keeps its values.
    public var freeze = FreezeRules()
    /// Layers that learn at rates of their own: factors by pattern of parameters' names, the last that matches counts.
    public var layerRates: [LayerRates.Rule] = []
    /// What a layer's rate is multiplied by for each layer behind it.
    public var layerDecay: Double?
    /// Side of the square input in pixels; a multiple of 32.
    public var imageSize = 640
    public var epochs = 100
    /// Images a step; `auto` takes as many as the GPU's memory allows.
    public var batch: BatchSize = 16
    /// `auto`, `cpu`, `cuda` or `cuda:N`.
    public var device = "auto"
    /// The numbers of products and convolutions while it learns.
    public var precision = Precision.float32
    public var cuda = CUDAConfiguration()
    public var seed: UInt64 = 0
    public var optimizer = OptimizerConfiguration()
    public var ema = AverageConfiguration()
    public var loss = LossConfiguration()
    /// Of detectors, segmenters, pose networks and networks for turned boxes.
    public var augmentation = AugmentationConfiguration()
    /// Of classifiers.
    public var classification = ClassificationAugmentation()
    /// Of networks that see one object at a time.
    public var crops = CropAugmentation()
    /// Whether images of alike shapes share batches no larger than they need.
    public var rect = false
    /// The part of `image_size` by which a batch's side is drawn larger or smaller.
    public var multiScale = 0.0
    /// How often an epoch shows each image.
    public var sampling = Sampling.uniform
    /// Sampling `repeat_factor`: classes that a smaller part of the images shows are repeated.
    public var repeatThreshold = 0.001
    /// What channels are brought to before the network sees them; else what suits the architecture.
    public var normalization: Normalization?
    /// How many of the last epochs see no mosaic.
    public var closeMosaic = 10
    public var validation = ValidationConfiguration()
    /// Epochs without a better result after which training ends.
    public var patience = 100
    public var checkpoint = CheckpointConfiguration()
    public var machine = MachineConfiguration()
    /// What is recorded of the machine while training goes on.
    public var systemMetrics = SystemMetricsConfiguration()
    /// What `apus tune` may try; of no account to a single training.
    public var tune: TuningConfiguration?
    /// What people say of the models that it makes, for their cards; of no account to training.
    public var card: CardStatement?

    public init() {}

    public static let requiredKeys: Set<String> = ["name", "model", "dataset"]

    enum CodingKeys: String, CodingKey {
        case name, model, dataset, weights, freeze
        case strictWeights = "strict_weights"
        case layerRates = "layer_rates"
        case layerDecay = "layer_decay"
        case imageSize = "image_size"
        case epochs
        case batch = "batch_size"
        case device, precision, cuda, seed, optimizer, ema, loss, augmentation, classification, crops, rect, sampling,
            normalization
        case multiScale = "multi_scale"
        case repeatThreshold = "repeat_threshold"
        case closeMosaic = "close_mosaic"
        case systemMetrics = "system_metrics"
        case validation, patience, checkpoint, machine, tune, card
    }

    public func problems() -> [ConfigurationProblem] {
        [
            .require("name", !name.isEmpty, expected: "a name", found: "nothing"),
            .require(
                "image_size", (32...4096).contains(imageSize) && imageSize % 32 == 0,
                expected: "a multiple of 32 from 32 to 4096", found: imageSize),
            .range("epochs", epochs, 1...100_000),
            batch.count.flatMap { .range("batch_size", $0, 1...65_536) }, pixelProblem,
            .require(
                "device", Device.isName(device), expected: "auto, cpu, cuda or cuda:N", found: "'\(device)'"),
            .atLeast("close_mosaic", closeMosaic, 0),
            .require(
                "multi_scale", (0..<1).contains(multiScale), expected: "0 up to, not including, 1", found: multiScale),
            .require("repeat_threshold", repeatThreshold > 0, expected: "a number above 0", found: repeatThreshold),
            .atLeast("patience", patience, 1),
            layerDecay.flatMap { .range("layer_decay", $0, 0...1) },
        ].compactMap { $0 }
    }

    /// A batch's bytes are one piece of memory.
    private var pixelProblem: ConfigurationProblem? {
        guard (32...4096).contains(imageSize), let count = batch.count, (1...65_536).contains(count) else { return nil }
        let limit = Experiment.maximumBatchPixels / (imageSize * imageSize)
        return .require(
            "batch_size", count <= limit, expected: "at most \(limit) images of \(imageSize)×\(imageSize) pixels",
            found: count)
    }

    /// Images a step; 0 while it is to be found.
    public var batchSize: Int {
        get { batch.count ?? 0 }
        set { batch = .images(newValue) }
    }

    private static let maximumBatchPixels = 1 << 30
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
    /// The metric whose largest value makes an epoch the best; else the task's own, such as `mAP50-95`.
    public var best: String?
    public var confidence: Float = 0.001
    public var iou: Float = 0.7
    public var maximumDetections = 300

    public init() {}

    enum CodingKeys: String, CodingKey {
        case every, best, confidence, iou
        case maximumDetections = "maximum_detections"
    }

    public func problems() -> [ConfigurationProblem] {
        [
            .atLeast("every", every, 1), .range("confidence", confidence, 0...1), .range("iou", iou, 0...1),
            .atLeast("maximum_detections", maximumDetections, 1),
        ].compactMap { $0 }
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
