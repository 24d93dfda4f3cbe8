import ApusCore
import ApusONNX

/// The last part of a v8-style detector: from the head's features to boxes and scores.
struct V8Decoding {
    let classCount: Int
    /// Bins of the distribution over each side's distance.
    let binCount: Int

    /// - Parameters:
    ///   - boxes: `[N, 4 · binCount, H, W]` for each level: left, top, right, bottom.
    ///   - classes: `[N, classCount, H, W]` for each level.
    /// - Returns: `[N, 4 + classCount, anchors]`: centre x and y, width, height in model pixels, then scores.
    func callAsFunction(
        boxes: [GraphValue], classes: [GraphValue], anchors: AnchorGrid, in graph: inout GraphBuilder, output: String
    ) -> GraphValue {
        let distances = distances(flattened(boxes, channels: 4 * binCount, in: &graph), in: &graph)
        let box = box(distances, anchors, in: &graph)
        let scores = graph.node("Sigmoid", [flattened(classes, channels: classCount, in: &graph)])
        return graph.node("Concat", [box, scores], attributes: ["axis": 1], output: output)
    }

    /// All levels in one row of anchors: `[N, channels, anchors]`.
    private func flattened(_ levels: [GraphValue], channels: Int, in graph: inout GraphBuilder) -> GraphValue {
        let rows = levels.map { graph.reshaped($0, to: [0, channels, -1]) }
        return graph.concatenated(rows, axis: 2)
    }

    /// The expected distance of each side in cells, `[N, 4, anchors]`: softmax over the bins, then its mean.
    private func distances(_ x: GraphValue, in graph: inout GraphBuilder) -> GraphValue {
        let sides = graph.reshaped(x, to: [0, 4, binCount, -1])
        let probabilities = graph.node("Softmax", [sides], attributes: ["axis": 2])
        let bins = NDArray((0..<binCount).map(Float.init), shape: [1, binCount])
        let mean = graph.node("MatMul", [graph.constant(bins, name: "bins"), probabilities])
        return graph.reshaped(mean, to: [0, 4, -1])
    }

    /// Sides to centre and size in model pixels, `[N, 4, anchors]`.
    private func box(_ distances: GraphValue, _ anchors: AnchorGrid, in graph: inout GraphBuilder) -> GraphValue {
        let sides = graph.node("Mul", [distances, anchors.strides])
        let parts = graph.split(sides, sizes: [2, 2], axis: 1)
        let size = graph.node("Add", parts)
        let half = graph.constant(NDArray(scalar: Float(0.5)), name: "half")
        let shift = graph.node("Mul", [graph.node("Sub", [parts[1], parts[0]]), half])
        return graph.concatenated([graph.node("Add", [shift, anchors.centers]), size], axis: 1)
    }
}
