import ApusModels
import ApusONNX

extension MobileNetV2.Block: GraphLayer {
    func exported(_ x: GraphValue, in graph: inout GraphBuilder) -> GraphValue {
        let y = graph.scope("conv") { graph in
            let expanded = graph.chain(layers, x)
            return graph.scope(String(layers.count)) { projection.exported(expanded, with: normalization, in: &$0) }
        }
        return hasShortcut ? graph.node("Add", [x, y]) : y
    }
}
