import ApusModels
import ApusONNX

/// A classifier that can be written as an ONNX graph.
protocol GraphClassifier: ImageClassifier {
    /// Adds the network.
    ///
    /// - Parameter images: `[N, 3, H, W]`, normalized.
    /// - Returns: logits `[N, classes]`.
    func exported(_ images: GraphValue, in graph: inout GraphBuilder) -> GraphValue
}

/// A classifier whose convolutions can be written without its last layers.
protocol GraphBackbone: GraphClassifier {
    /// Adds the network up to its features `[N, channels, H / 32, W / 32]`.
    func exportedFeatures(_ images: GraphValue, in graph: inout GraphBuilder) -> GraphValue
}
