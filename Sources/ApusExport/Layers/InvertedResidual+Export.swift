import ApusModels
import ApusNN
import ApusONNX

extension InvertedResidual: GraphLayer {
    func exported(_ x: GraphValue, in graph: inout GraphBuilder) -> GraphValue {
        let y = graph.scope("block") { graph in graph.chain(layers, x) }
        return hasShortcut ? graph.node("Add", [x, y]) : y
    }
}
