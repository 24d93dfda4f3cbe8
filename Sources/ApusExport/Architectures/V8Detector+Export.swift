import ApusModels
import ApusNN
import ApusONNX

extension V8Detector: GraphDetector {
    func exported(
        _ images: GraphValue, size: (width: Int, height: Int)?, output: String, in graph: inout GraphBuilder
    ) -> GraphValue {
        let maps = graph.scope("model") { features(images, in: &$0) }
        return graph.scope("model.22") { graph in
            let boxes = head.cv2.enumerated().map { graph.layer("cv2.\($0)", $1, maps[$0]) }
            let classes = head.cv3.enumerated().map { graph.layer("cv3.\($0)", $1, maps[$0]) }
            let anchors =
                size.map { AnchorGrid(width: $0.width, height: $0.height, strides: strides, in: &graph) }
                ?? AnchorGrid(levels: maps, strides: strides, in: &graph)
            return V8Decoding(classCount: classCount, binCount: V8Head.binCount)(
                boxes: boxes, classes: classes, anchors: anchors, in: &graph, output: output)
        }
    }

    /// The maps that the head reads, finest first: backbone and neck as `callAsFunction` runs them.
    private func features(_ images: GraphValue, in graph: inout GraphBuilder) -> [GraphValue] {
        let p3 = run(0...4, images, in: &graph)
        let p4 = run(5...6, p3, in: &graph)
        let p5 = run(7...9, p4, in: &graph)
        let n4 = run(12...12, join(graph.upsampledNearest(p5, factor: 2), p4, in: &graph), in: &graph)
        let n3 = run(15...15, join(graph.upsampledNearest(n4, factor: 2), p3, in: &graph), in: &graph)
        let m4 = run(18...18, join(run(16...16, n3, in: &graph), n4, in: &graph), in: &graph)
        let m5 = run(21...21, join(run(19...19, m4, in: &graph), p5, in: &graph), in: &graph)
        return [n3, m4, m5]
    }

    /// Layers one after another.
    private func run(_ indices: ClosedRange<Int>, _ x: GraphValue, in graph: inout GraphBuilder) -> GraphValue {
        graph.chain(Array(layers[indices]), from: indices.lowerBound, x)
    }

    private func join(_ a: GraphValue, _ b: GraphValue, in graph: inout GraphBuilder) -> GraphValue {
        graph.concatenated([a, b], axis: 1)
    }
}
