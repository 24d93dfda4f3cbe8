import ApusCore
import ApusModels
import ApusONNX
import ApusRegistry
import ApusVision

extension ModelExporter {
    /// A network for keypoints as an ONNX model, as it computes in evaluation mode: images to logits `simcc_x`
    /// `[N, K, 2 · width]` and `simcc_y` `[N, K, 2 · height]`.
    public func model(of network: SimCC) throws(ExportError) -> Model {
        let input = description.input.letterbox
        guard input.width == network.width, input.height == network.height else {
            throw .crop(model: [network.width, network.height], description: [input.width, input.height])
        }
        var graph = GraphBuilder(name: description.name.isEmpty ? "keypoints" : description.name)
        let images = graph.input(
            Self.inputName, shape: [batch, 3, .fixed(network.height), .fixed(network.width)])
        guard let outputs = network.exported(images, names: Self.coordinateNames, in: &graph) else {
            throw .unsupportedArchitecture("\(type(of: network.backbone.network))")
        }
        let count = Dimension.fixed(network.keypointCount)
        graph.output(
            outputs.x, name: Self.coordinateNames.x, shape: [batch, count, .fixed(network.width * SimCC.splits)])
        graph.output(
            outputs.y, name: Self.coordinateNames.y, shape: [batch, count, .fixed(network.height * SimCC.splits)])
        return graph.model(metadata: description.metadata)
    }

    /// Proves the export on real images and writes the version's folder, whole or not at all.
    ///
    /// - Parameters: as of a detector's export.
    public func export(
        _ network: SimCC, card: ModelCard, images: [Image], runID: String? = nil, modelID: String? = nil,
        to folder: String
    ) throws -> ParityReport {
        try publish(
            try model(of: network), description, card: card, origin: (runID, modelID), to: folder
        ) { try ParityCheck(description: description, tolerance: tolerance)(network, $0, images: images) }
    }
}
