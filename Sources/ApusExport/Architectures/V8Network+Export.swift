import ApusModels
import ApusNN
import ApusONNX

/// A v8-style network as a graph: the trunk that all share, and what its last layer adds.
protocol V8GraphNetwork: V8Network, GraphNetwork {
    /// Adds the maps of the task, each named as its layer, and the value that becomes the second output.
    func extras(_ maps: [GraphValue], in graph: inout GraphBuilder) -> (V8Decoding.Extras, second: GraphValue?)
}

extension V8GraphNetwork {
    func exported(
        _ images: GraphValue, size: (width: Int, height: Int)?, in graph: inout GraphBuilder
    ) -> [GraphValue] {
        let maps = graph.scope("model") { features(images, in: &$0) }
        return graph.scope("model.22") { graph in
            let boxes = head.cv2.enumerated().map { graph.layer("cv2.\($0)", $1, maps[$0]) }
            let classes = head.cv3.enumerated().map { graph.layer("cv3.\($0)", $1, maps[$0]) }
            let (extras, second) = extras(maps, in: &graph)
            let anchors =
                size.map { AnchorGrid(width: $0.width, height: $0.height, strides: strides, in: &graph) }
                ?? AnchorGrid(levels: maps, strides: strides, in: &graph)
            let first = V8Decoding(classCount: classCount, binCount: V8Head.binCount)(
                boxes: boxes, classes: classes, extras: extras, anchors: anchors, in: &graph,
                output: ModelExporter.outputName)
            return [first] + (second.map { [$0] } ?? [])
        }
    }

    /// The maps that the head reads, finest first: backbone and neck as `V8Trunk` runs them.
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

extension V8ExtendedHead {
    /// The third branch's maps.
    fileprivate func exportedBranches(_ maps: [GraphValue], in graph: inout GraphBuilder) -> [GraphValue] {
        cv4.enumerated().map { graph.layer("cv4.\($0)", $1, maps[$0]) }
    }
}

extension V8Detector: V8GraphNetwork {
    var extraRows: Int { 0 }

    func extras(_ maps: [GraphValue], in graph: inout GraphBuilder) -> (V8Decoding.Extras, second: GraphValue?) {
        (.none, nil)
    }
}

extension V8Segmenter: V8GraphNetwork {
    var extraRows: Int { Self.prototypeCount }

    func extras(_ maps: [GraphValue], in graph: inout GraphBuilder) -> (V8Decoding.Extras, second: GraphValue?) {
        let coefficients = extendedHead.exportedBranches(maps, in: &graph)
        let prototypes = extendedHead.proto.map { proto in
            graph.scope("proto") { proto.exported(maps[0], output: ModelExporter.secondOutputName, in: &$0) }
        }
        return (.coefficients(coefficients, count: Self.prototypeCount), prototypes)
    }
}

extension V8PoseEstimator: V8GraphNetwork {
    var extraRows: Int { 3 * keypointCount }

    func extras(_ maps: [GraphValue], in graph: inout GraphBuilder) -> (V8Decoding.Extras, second: GraphValue?) {
        (.keypoints(extendedHead.exportedBranches(maps, in: &graph), count: keypointCount), nil)
    }
}

extension V8OrientedDetector: V8GraphNetwork {
    var extraRows: Int { 1 }

    func extras(_ maps: [GraphValue], in graph: inout GraphBuilder) -> (V8Decoding.Extras, second: GraphValue?) {
        (.angles(extendedHead.exportedBranches(maps, in: &graph)), nil)
    }
}
