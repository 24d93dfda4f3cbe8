import ApusConfiguration
import ApusCore
import ApusModels
import ApusNN
import ApusONNX
import ApusRegistry
import ApusRuntime
import ApusTracking
import ApusVision
import Glibc

/// Writes a network as a model version: an ONNX file that carries its own preprocessing, proved to compute what the
/// network computes, and the files that people and MLflow need beside it.
///
/// The same weights and the same description give the same bytes of `model.onnx`.
public struct ModelExporter {
    public static let inputName = "images"
    public static let outputName = "output0"
    /// The prototypes of masks.
    public static let secondOutputName = "output1"
    /// The logits of coordinates along both axes.
    public static let coordinateNames = (x: "simcc_x", y: "simcc_y")
    public static let fileName = "model.onnx"

    /// How images become the network's input, what its classes are called, and where its weights come from.
    public var description: ModelDescription
    /// Whether the ONNX model takes images of any size; otherwise of the description's size, which runs faster.
    public var hasDynamicSize: Bool
    /// Whether the ONNX model takes any number of images at once; otherwise one.
    public var hasDynamicBatch: Bool
    public var tolerance: Float
    /// Whether the file shall compute with 8-bit integers. Parity is proved before: of the floats.
    public var quantization: ExportQuantization?

    public init(
        description: ModelDescription, hasDynamicSize: Bool = false, hasDynamicBatch: Bool = true,
        tolerance: Float = 1e-3
    ) {
        (self.description, self.hasDynamicSize) = (description, hasDynamicSize)
        (self.hasDynamicBatch, self.tolerance) = (hasDynamicBatch, tolerance)
    }

    var batch: Dimension { hasDynamicBatch ? "batch" : 1 }

    /// The extents of the images that the ONNX model takes.
    var imageShape: [Dimension] {
        let (width, height) = (description.input.letterbox.width, description.input.letterbox.height)
        return [batch, 3] + (hasDynamicSize ? ["height", "width"] : [.fixed(height), .fixed(width)])
    }

    /// A network that finds objects as an ONNX model (opset 17, IR version 8), as it computes in evaluation mode.
    public func model(of network: any ObjectNetwork) throws(ExportError) -> Model {
        guard let network = network as? any GraphNetwork else {
            throw .unsupportedArchitecture("\(type(of: network))")
        }
        try check(network)
        var graph = GraphBuilder(name: description.name.isEmpty ? "detector" : description.name)
        let images = graph.input(Self.inputName, shape: imageShape)
        let (width, height) = (description.input.letterbox.width, description.input.letterbox.height)
        let outputs = network.exported(images, size: hasDynamicSize ? nil : (width, height), in: &graph)
        for (output, (name, shape)) in zip(outputs, outputShapes(of: network)) {
            graph.output(output, name: name, shape: shape)
        }
        return graph.model(metadata: described(network).metadata)
    }

    private func outputShapes(of network: any GraphNetwork) -> [(name: String, shape: [Dimension])] {
        let (width, height) = (description.input.letterbox.width, description.input.letterbox.height)
        let rows = Dimension.fixed(4 + network.classCount + network.extraRows)
        let anchors: Dimension = hasDynamicSize ? "anchors" : .fixed(described(network).anchorCount)
        let map: [Dimension] = hasDynamicSize ? ["rows", "columns"] : [.fixed(height / 4), .fixed(width / 4)]
        return [
            (Self.outputName, [batch, rows, anchors]),
            (Self.secondOutputName, [batch, .fixed(network.extraRows)] + map),
        ]
    }

    /// Proves the export on real images and writes the version's folder, whole or not at all.
    ///
    /// - Parameters:
    ///   - images: photographs like those that the model will see.
    ///   - runID, modelID: the run that made the weights and the logged model, in the tracking store.
    ///   - folder: `models/NAME/VERSION`, which must not be there yet.
    /// - Throws: `ExportError.parity` where LibTorch and our runtime differ by more than `tolerance`.
    public func export(
        _ network: any ObjectNetwork, card: ModelCard, images: [Image], runID: String? = nil, modelID: String? = nil,
        to folder: String
    ) throws -> ParityReport {
        let description = described(network)
        return try publish(
            try model(of: network), description, card: card, origin: (runID, modelID), to: folder
        ) { try ParityCheck(description: description, tolerance: tolerance)(network, $0, images: images) }
    }

    /// Proves the model of a network, and writes its folder.
    func publish(
        _ model: Model, _ description: ModelDescription, card: ModelCard,
        origin: (runID: String?, modelID: String?), to folder: String, proof: (Session) throws -> ParityReport
    ) throws -> ParityReport {
        let staged = try onFiles(of: folder) { () throws(FileError) in try StagedFolder(for: folder) }
        var bytes = model.encoded()
        var model = try Model(decoding: bytes, name: Self.fileName)
        let parity = try proof(try Session(model: model))
        if let quantization {
            bytes = try quantization.quantized(model, description).encoded()
            model = try Model(decoding: bytes, name: Self.fileName)
        }
        let card = filled(card, description, model, parity, folder: folder, runID: origin.runID)
        let companions = MLModelFile(
            model, fileName: Self.fileName, byteCount: bytes.count, runID: origin.runID, modelID: origin.modelID)
        let statement = try card.statement == .init() ? CardStatement.template : Configuration.encode(card.statement)
        try onFiles(of: folder) { () throws(FileError) in
            try staged.write(bytes, as: Self.fileName)
            try staged.write(description.labels.joined(separator: "\n") + "\n", as: "labels.txt")
            try staged.write(statement, as: CardStatement.fileName)
            try card.write(to: staged)
            for (name, text) in companions.files { try staged.write(text, as: name) }
        }
        try ModelFolder.seal(staged.path)
        try onFiles(of: folder) { () throws(FileError) in try staged.commit() }
        return parity
    }

    private func onFiles<R>(of folder: String, _ body: () throws(FileError) -> R) throws(ExportError) -> R {
        do throws(FileError) { return try body() } catch {
            throw error.code == EEXIST ? .versionExists(folder: folder) : .file(error)
        }
    }

    /// The card with what the exporter knows: the version, where the folder's name is one, and the run. The model's file
    /// has neither, so that the same weights give the same bytes.
    private func filled(
        _ card: ModelCard, _ description: ModelDescription, _ model: Model, _ parity: ParityReport, folder: String,
        runID: String?
    ) -> ModelCard {
        var card = card
        let name = description.name.isEmpty ? "Model" : description.name
        let version =
            description.version.isEmpty ? Int(FileSystem.fileName(of: folder)).map(String.init) : description.version
        card.title = version.map { "\(name), version \($0)" } ?? name
        if let version, !description.name.isEmpty { card.reference = "\(name)/\(version)" }
        card.describe(GraphSummary(model), task: description.task.rawValue, labels: description.labels)
        card.parity = "LibTorch and the Apus runtime: \(parity)."
        if card.origin.isEmpty, let runID { card.origin = [.init("run", runID)] }
        let recorded = description.training.sorted { $0.key < $1.key }
        card.origin += recorded.filter { fact in !card.origin.contains { $0.name == fact.key } }.map {
            .init($0.key, $0.value)
        }
        return card
    }

    /// The description with the network's own strides.
    private func described(_ network: any ObjectNetwork) -> ModelDescription {
        var description = description
        description.detection.strides = network.strides
        return description
    }

    private func check(_ network: any ObjectNetwork) throws(ExportError) {
        guard description.labels.count == network.classCount else {
            throw .classCount(model: network.classCount, labels: description.labels.count)
        }
        let letterbox = description.input.letterbox
        let multiple = network.strides.max() ?? 1
        guard letterbox.width > 0, letterbox.height > 0, letterbox.width % multiple == 0,
            letterbox.height % multiple == 0
        else { throw .imageSize(width: letterbox.width, height: letterbox.height, multipleOf: multiple) }
    }
}
