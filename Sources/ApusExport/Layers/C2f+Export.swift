import ApusModels
import ApusONNX

extension C2f: GraphLayer {
    func exported(_ x: GraphValue, in graph: inout GraphBuilder) -> GraphValue {
        var pieces = graph.split(graph.layer("cv1", cv1, x), into: 2, axis: 1)
        for (index, bottleneck) in m.enumerated() {
            pieces.append(graph.layer("m.\(index)", bottleneck, pieces[pieces.count - 1]))
        }
        return graph.layer("cv2", cv2, graph.concatenated(pieces, axis: 1))
    }
}
