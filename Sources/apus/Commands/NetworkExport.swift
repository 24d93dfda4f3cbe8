import ApusCore
import ApusExport
import ApusModels
import ApusNN
import ApusTorch
import ApusVision
import ArgumentParser

/// Writes an architecture as a model folder, without the tracking store.
struct NetworkExport {
    let options: NetworkOptions
    let architecture: String
    let folder: String
    private let isDetector: Bool
    private let labels: [String]

    private static let detectors = ApusModels.ModelRegistry.detectors.map(\.name)

    /// - Returns: `nil` where the options name no architecture.
    init?(_ options: NetworkOptions) throws {
        guard let architecture = options.architecture, let folder = options.output else { return nil }
        (self.options, self.architecture, self.folder) = (options, architecture, folder)
        isDetector = NetworkExport.detectors.contains(architecture)
        // As many as COCO and ImageNet have, which most published weights are for.
        labels =
            try options.labels.map(NetworkExport.names)
            ?? NetworkExport.numbered(options.classes ?? (isDetector ? 80 : 1000))
    }

    func callAsFunction(images: Int) throws -> NetworkExportSummary {
        let parity = try isDetector ? exportDetector(images) : exportClassifier(images)
        return NetworkExportSummary(architecture: architecture, folder: folder, parity: parity)
    }

    private func exportClassifier(_ images: Int) throws -> ParityReport {
        guard options.scale == nil else { throw ValidationError("\(architecture) has one size: leave --scale out.") }
        guard ApusModels.ModelRegistry.classifiers.contains(where: { $0.name == architecture }) else { throw unknown }
        let network = try ApusModels.ModelRegistry.makeClassifier(architecture, classCount: labels.count, seed: 0)
        let side = options.imageSize ?? 224
        try fill(network, side: side) { _ = network($0) }
        let input = InputSpecification(
            letterbox: LetterboxSpecification(width: side, height: side), mean: ImageNet.mean, std: ImageNet.deviation)
        return try exporter(.classify, input).export(
            network, card: card, images: pictures(images, side: side), to: folder)
    }

    private func exportDetector(_ images: Int) throws -> ParityReport {
        let configuration = ModelConfiguration(architecture: architecture, scale: options.scale ?? "n")
        let network = try ApusModels.ModelRegistry.makeDetector(configuration, classCount: labels.count, seed: 0)
        let side = options.imageSize ?? 640
        try fill(network, side: side) { _ = network($0) }
        let input = InputSpecification(letterbox: LetterboxSpecification(width: side, height: side))
        return try exporter(.detect, input).export(
            network, card: card, images: pictures(images, side: side), to: folder)
    }

    /// Loads the weights, or makes the initial ones pass signals of a sensible size, as trained ones do.
    private func fill(_ network: Module, side: Int, forward: (Tensor) -> Void) throws {
        if let weights = options.weights {
            try network.load(Checkpoint(contentsOf: weights).tensors)
        } else {
            var random = RandomStream(seed: 2)
            let shape: Shape = [2, 3, side, side]
            let noise = Tensor((0..<shape.count).map { _ in random.uniform() }, shape: shape)
            network.adoptStatistics { forward(noise) }
        }
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
        return ModelCard(
            data: origin ?? "None: the weights are initial ones.",
            intendedUse: origin == nil
                ? "Measuring speed. It recognizes nothing." : "What its weights were trained for.",
            limits: ["Not evaluated here: measure it on your own images before you rely on it."])
    }

    private var unknown: ValidationError {
        let known = NetworkExport.detectors + ApusModels.ModelRegistry.classifiers.map(\.name)
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
