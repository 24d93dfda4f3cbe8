import ApusModels
import ApusONNX

/// A detector that can be written as an ONNX graph.
protocol GraphDetector: Detector {
    /// Adds the network and its decoding.
    ///
    /// - Parameters:
    ///   - images: `[N, 3, H, W]`, RGB in 0…1.
    ///   - size: width and height, or `nil` where each run may bring another size.
    /// - Returns: `[N, 4 + classes, anchors]` under the name `output`: centre x and y, width, height in model pixels,
    ///   then scores in 0…1.
    func exported(
        _ images: GraphValue, size: (width: Int, height: Int)?, output: String, in graph: inout GraphBuilder
    ) -> GraphValue
}
