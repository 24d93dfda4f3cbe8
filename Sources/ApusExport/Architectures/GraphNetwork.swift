import ApusModels
import ApusONNX

/// A network that finds objects and can be written as an ONNX graph.
protocol GraphNetwork: ObjectNetwork {
    /// Rows of the first output after the box and the scores.
    var extraRows: Int { get }

    /// Adds the network and its decoding.
    ///
    /// - Parameters:
    ///   - images: `[N, 3, H, W]`, RGB in 0…1.
    ///   - size: width and height, or `nil` where each run may bring another size.
    /// - Returns: `[N, 4 + classes + extraRows, anchors]` under the name `output0`: centre x and y, width, height in
    ///   model pixels, scores in 0…1, and what the task adds; and `[N, coefficients, H / 4, W / 4]` under `output1`
    ///   where that are coefficients of masks.
    func exported(_ images: GraphValue, size: (width: Int, height: Int)?, in graph: inout GraphBuilder) -> [GraphValue]
}
