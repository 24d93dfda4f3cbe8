import ApusModels
import ApusONNX

extension Bottleneck: GraphLayer {
    func exported(_ x: GraphValue, in graph: inout GraphBuilder) -> GraphValue {
        let y = graph.layer("cv2", cv2, graph.layer("cv1", cv1, x))
        return shortcut ? graph.node("Add", [x, y]) : y
    }
}
