import ApusCore
import ApusONNX

/// The last part of a v8-style detector: from the head's features to boxes and scores.
struct V8Decoding {
    let classCount: Int
    /// Bins of the distribution over each side's distance.
    let binCount: Int

    /// What the head's task adds, `[N, channels, H, W]` for each level.
    enum Extras {
        case none
        case coefficients([GraphValue], count: Int)
        /// x, y and the visibility's logit of each.
        case keypoints([GraphValue], count: Int)
        case angles([GraphValue])
    }

    /// - Parameters:
    ///   - boxes: `[N, 4 · binCount, H, W]` for each level: left, top, right, bottom.
    ///   - classes: `[N, classCount, H, W]` for each level.
    /// - Returns: `[N, 4 + classCount + extras, anchors]`: centre x and y, width, height in model pixels, scores, then
    ///   coefficients, or x, y in model pixels and visibility of each keypoint, or the angle in radians.
    func callAsFunction(
        boxes: [GraphValue], classes: [GraphValue], extras: Extras = .none, anchors: AnchorGrid,
        in graph: inout GraphBuilder, output: String
    ) -> GraphValue {
        let distances = distances(flattened(boxes, channels: 4 * binCount, in: &graph), in: &graph)
        let added = added(extras, anchors, in: &graph)
        let box = box(distances, anchors, turnedBy: added.angle, in: &graph)
        let scores = graph.node("Sigmoid", [flattened(classes, channels: classCount, in: &graph)])
        return graph.node("Concat", [box, scores] + added.rows, attributes: ["axis": 1], output: output)
    }

    /// The rows after the scores, and the angle where that is one of them.
    private func added(
        _ extras: Extras, _ anchors: AnchorGrid, in graph: inout GraphBuilder
    ) -> (rows: [GraphValue], angle: GraphValue?) {
        switch extras {
        case .none: return ([], nil)
        case .coefficients(let levels, let count): return ([flattened(levels, channels: count, in: &graph)], nil)
        case .keypoints(let levels, let count):
            return ([keypoints(flattened(levels, channels: 3 * count, in: &graph), count, anchors, in: &graph)], nil)
        case .angles(let levels):
            let angle = angle(flattened(levels, channels: 1, in: &graph), in: &graph)
            return ([angle], angle)
        }
    }

    /// `(2 · t + cell) · stride` for x and y: `[N, 3 · count, anchors]`.
    private func keypoints(
        _ x: GraphValue, _ count: Int, _ anchors: AnchorGrid, in graph: inout GraphBuilder
    ) -> GraphValue {
        let parts = graph.split(graph.reshaped(x, to: [0, count, 3, -1]), sizes: [2, 1], axis: 2)
        let two = graph.constant(NDArray(scalar: Float(2)), name: "two")
        let half = graph.constant(NDArray(scalar: Float(0.5)), name: "half")
        let corners = graph.node("Sub", [anchors.centers, graph.node("Mul", [anchors.strides, half])])
        let moved = graph.node("Mul", [parts[0], graph.node("Mul", [anchors.strides, two])])
        let places = graph.node("Add", [moved, corners])
        let visible = graph.node("Sigmoid", [parts[1]])
        return graph.reshaped(graph.concatenated([places, visible], axis: 2), to: [0, 3 * count, -1])
    }

    /// `(sigmoid − 1/4) · π`
    private func angle(_ x: GraphValue, in graph: inout GraphBuilder) -> GraphValue {
        let quarter = graph.constant(NDArray(scalar: Float(0.25)), name: "quarter")
        let pi = graph.constant(NDArray(scalar: Float.pi), name: "pi")
        return graph.node("Mul", [graph.node("Sub", [graph.node("Sigmoid", [x]), quarter]), pi])
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

    /// Sides to centre and size in model pixels, `[N, 4, anchors]`; the sides' own axes are turned by `angle`.
    private func box(
        _ distances: GraphValue, _ anchors: AnchorGrid, turnedBy angle: GraphValue?, in graph: inout GraphBuilder
    ) -> GraphValue {
        let sides = graph.node("Mul", [distances, anchors.strides])
        let parts = graph.split(sides, sizes: [2, 2], axis: 1)
        let size = graph.node("Add", parts)
        let half = graph.constant(NDArray(scalar: Float(0.5)), name: "half")
        var shift = graph.node("Mul", [graph.node("Sub", [parts[1], parts[0]]), half])
        if let angle { shift = turned(shift, by: angle, in: &graph) }
        return graph.concatenated([graph.node("Add", [shift, anchors.centers]), size], axis: 1)
    }

    /// x·cos − y·sin and x·sin + y·cos of `[N, 2, anchors]`.
    private func turned(_ shift: GraphValue, by angle: GraphValue, in graph: inout GraphBuilder) -> GraphValue {
        let parts = graph.split(shift, sizes: [1, 1], axis: 1)
        let (cosine, sine) = (graph.node("Cos", [angle]), graph.node("Sin", [angle]))
        func product(_ a: GraphValue, _ b: GraphValue) -> GraphValue { graph.node("Mul", [a, b]) }
        let x = graph.node("Sub", [product(parts[0], cosine), product(parts[1], sine)])
        let y = graph.node("Add", [product(parts[0], sine), product(parts[1], cosine)])
        return graph.concatenated([x, y], axis: 1)
    }
}
