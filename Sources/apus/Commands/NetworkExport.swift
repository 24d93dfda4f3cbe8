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
        let input = InputSpecification(
            letterbox: LetterboxSpecification(width: side, height: side), mean: ImageNet.mean, std: ImageNet.deviation)
        try fill(network, input) { _ = network($0) }
        return try exporter(.classify, input).export(
            network, card: card, images: pictures(images, side: side), to: folder)
    }

    private func exportDetector(_ images: Int) throws -> ParityReport {
        let configuration = ModelConfiguration(architecture: architecture, scale: options.scale ?? "n")
        let network = try ApusModels.ModelRegistry.makeDetector(configuration, classCount: labels.count, seed: 0)
        let side = options.imageSize ?? 640
        let multiple = network.strides.max() ?? 1
        guard side % multiple == 0 else {
            throw ExportError.imageSize(width: side, height: side, multipleOf: multiple)
        }
        let input = InputSpecification(letterbox: LetterboxSpecification(width: side, height: side))
        try fill(network, input) { _ = network($0) }
        return try exporter(.detect, input).export(
            network, card: card, images: pictures(images, side: side), to: folder)
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
