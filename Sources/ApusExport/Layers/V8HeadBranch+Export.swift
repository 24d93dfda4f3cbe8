import ApusModels
import ApusONNX

extension V8Head.Branch: GraphLayer {
    func exported(_ x: GraphValue, in graph: inout GraphBuilder) -> GraphValue {
        graph.layer("2", last, graph.layer("1", second, graph.layer("0", first, x)))
    }
}
