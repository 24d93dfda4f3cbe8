import ApusModels
import ApusONNX

extension C2f: GraphLayer {
    func exported(_ x: GraphValue, in graph: inout GraphBuilder) -> GraphValue {
        let half = cv1.conv.outputs / 2
        var pieces = graph.split(graph.layer("cv1", cv1, x), sizes: [half, half], axis: 1)
        for (index, bottleneck) in m.enumerated() {
            pieces.append(graph.layer("m.\(index)", bottleneck, pieces[pieces.count - 1]))
        }
        return graph.layer("cv2", cv2, graph.concatenated(pieces, axis: 1))
    }
}
