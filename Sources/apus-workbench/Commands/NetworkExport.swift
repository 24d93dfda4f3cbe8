import ApusCommands
import ApusConfiguration
import ApusCore
import ApusExport
import ApusModels
import ApusNN
import ApusRegistry
import ApusTorch
import ApusVision
import ArgumentParser

/// Writes an architecture as a model folder, without the tracking store.
struct NetworkExport {
    let options: NetworkOptions
    let architecture: String
    let folder: String
    private let configuration: ModelConfiguration
    private let labels: [String]

    private static let tasks: [ModelTask] = [.detect, .segment, .obb, .classify]

    /// - Returns: `nil` where the options name no architecture.
    init?(_ options: NetworkOptions) throws {
        guard let architecture = options.architecture, let folder = options.output else { return nil }
        (self.options, self.architecture, self.folder) = (options, architecture, folder)
        configuration = ModelConfiguration(
            architecture: architecture, scale: options.scale ?? (architecture.hasPrefix("v8-") ? "n" : nil))
        let classifies = configuration.task == .classify
        // As many as COCO and ImageNet have, which most published weights are for.
        labels =
            try options.labels.map(NetworkExport.names)
            ?? NetworkExport.numbered(options.classes ?? (classifies ? 1000 : 80))
    }

    func callAsFunction(images: Int) throws -> NetworkExportSummary {
        let parity = try configuration.task == .classify ? exportClassifier(images) : exportDetector(images)
        return NetworkExportSummary(architecture: architecture, folder: folder, parity: parity)
    }

    private func exportClassifier(_ images: Int) throws -> ParityReport {
        let isV8 = architecture.hasPrefix("v8-")
        guard isV8 || options.scale == nil else {
            throw ValidationError("\(architecture) has one size: leave --scale out.")
        }
        let network = try ApusModels.ModelRegistry.makeClassifier(
            configuration, classCount: labels.count, seed: 0)
        let side = options.imageSize ?? 224
        let square = LetterboxSpecification(width: side, height: side)
        let input =
            isV8
            ? InputSpecification(letterbox: square)
            : InputSpecification(letterbox: square, mean: ImageNet.mean, std: ImageNet.deviation)
        try fill(network, input) { _ = network($0) }
        return try exporter(.classify, input).export(
            network, card: card, images: pictures(images, side: side), to: folder)
    }

    private func exportDetector(_ images: Int) throws -> ParityReport {
        let (network, task) = try objectNetwork()
        let side = options.imageSize ?? 640
        let multiple = network.strides.max() ?? 1
        guard side % multiple == 0 else {
            throw ExportError.imageSize(width: side, height: side, multipleOf: multiple)
        }
        let input = InputSpecification(letterbox: LetterboxSpecification(width: side, height: side))
        try fill(network, input) { _ = network($0) }
        return try exporter(task, input).export(
            network, card: card, images: pictures(images, side: side), to: folder)
    }

    /// A network that finds objects, and what its model says it is for.
    private func objectNetwork() throws -> (any ObjectNetwork, ModelDescription.Task) {
        guard let task = configuration.task, NetworkExport.tasks.contains(task),
            let described = ModelDescription.Task(rawValue: task.rawValue)
        else { throw unknown }
        let count = labels.count
        switch task {
        case .segment:
            return (try ApusModels.ModelRegistry.makeSegmenter(configuration, classCount: count, seed: 0), described)
        case .obb:
            return (
                try ApusModels.ModelRegistry.makeOrientedDetector(configuration, classCount: count, seed: 0), described
            )
        default:
            return (try ApusModels.ModelRegistry.makeDetector(configuration, classCount: count, seed: 0), described)
        }
    }

    /// Loads the weights, or makes the initial ones pass signals of a sensible size, as trained ones do.
    private func fill(_ network: Module, _ input: InputSpecification, forward: (Tensor) -> Void) throws {
        if let weights = options.weights {
            try network.load(Checkpoint(contentsOf: weights).tensors)
        } else {
            let pixels = Tensor(normalizedPictures(input))
            network.adoptStatistics { forward(pixels) }
        }
    }

    /// Enough pictures for the smallest maps of a network, a 32nd of its input, to have a hundred cells together.
    private func normalizedPictures(_ input: InputSpecification) -> NDArray {
        let side = input.letterbox.width
        let count = max(2, 128 / (side / 32 * (side / 32)))
        var pixels = NDArray(uninitialized: [count, 3, side, side], dataType: .float32)
        pixels.withMutableElements(of: Float.self) { elements in
            guard let base = elements.baseAddress else { return }
            for (index, picture) in pictures(count, side: side).enumerated() {
                picture.normalizedCHW(into: base + index * 3 * side * side, input)
            }
        }
        return pixels
    }

    private func exporter(_ task: ModelDescription.Task, _ input: InputSpecification) -> ModelExporter {
        let description = ModelDescription(
            task: task, labels: labels, input: input,
            name: [architecture, options.scale].compactMap { $0 }
                .joined(separator: "-"))
        return ModelExporter(description: description, hasDynamicBatch: !options.fixedBatch)
    }

    private var card: ModelCard {
        let origin = options.weights.map {
            "Weights of \(FileSystem.fileName(of: $0)); what they were trained on is not recorded."
        }
        let use = origin == nil ? "Measuring speed. It recognizes nothing: its weights are initial ones." : nil
        let limits = ["Not evaluated here: measure it on your own images before you rely on it."]
        return ModelCard(
            data: origin.map { [.init("weights", $0)] } ?? [],
            statement: CardStatement(intendedUse: use, limits: limits))
    }

    private var unknown: ValidationError {
        let known = ApusModels.ModelRegistry.architectures.filter { NetworkExport.tasks.contains($0.task) }.map(\.name)
        return ValidationError("no architecture is named \(architecture); there are: \(known.joined(separator: ", "))")
    }

    private static func names(in file: String) throws -> [String] {
        let lines = try FileSystem.readText(file).split(whereSeparator: \.isNewline).map(String.init)
        guard !lines.isEmpty else { throw ValidationError("\(file) names no class; write one a line.") }
        return lines
    }

    private static func numbered(_ count: Int) -> [String] { (0..<count).map { "class \($0)" } }
}

/// Means and deviations of ImageNet's channels, which published classifiers of torchvision are trained with.
private enum ImageNet {
    static let mean: [Float] = [0.485, 0.456, 0.406]
    static let deviation: [Float] = [0.229, 0.224, 0.225]
}

/// Seeded pictures of soft blobs, where no data set is at hand to prove parity on.
private func pictures(_ count: Int, side: Int) -> [Image] {
    (0..<count).map { index in
        var random = RandomStream(seed: 1, sample: index)
        return Image(uninitializedWidth: 16, height: 16, channels: 3) { pixels in
            for index in pixels.indices { pixels[index] = UInt8(truncatingIfNeeded: random.next() >> 32) }
        }.resized(width: side, height: side)
    }
}

struct NetworkExportSummary: Encodable {
    var architecture: String
    var folder: String
    var parity: ParityReport
}
