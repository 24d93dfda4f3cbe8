import ApusCore
import ApusModels
import ApusONNX
import ApusRegistry
import ApusVision

extension ModelExporter {
    /// A classifier as an ONNX model, as it computes in evaluation mode: images to probabilities `[N, classes]`.
    public func model(of classifier: any ImageClassifier) throws(ExportError) -> Model {
        guard let classifier = classifier as? any GraphClassifier else {
            throw .unsupportedArchitecture("\(type(of: classifier))")
        }
        guard description.labels.count == classifier.classCount else {
            throw .classCount(model: classifier.classCount, labels: description.labels.count)
        }
        var graph = GraphBuilder(name: description.name.isEmpty ? "classifier" : description.name)
        let images = graph.input(Self.inputName, shape: imageShape)
        let logits = classifier.exported(images, in: &graph)
        let output = graph.node("Softmax", [logits], attributes: ["axis": 1], output: Self.outputName)
        graph.output(output, name: Self.outputName, shape: [batch, .fixed(classifier.classCount)])
        return graph.model(metadata: description.metadata)
    }

    /// Proves the export on real images and writes the version's folder, whole or not at all.
    ///
    /// - Parameters: as of a detector's export.
    public func export(
        _ classifier: any ImageClassifier, card: ModelCard, images: [Image], runID: String? = nil,
        modelID: String? = nil, to folder: String
    ) throws -> ParityReport {
        try publish(
            try model(of: classifier), description, card: card, origin: (runID, modelID), to: folder
        ) { try ParityCheck(description: description, tolerance: tolerance)(classifier, $0, images: images) }
    }
}
