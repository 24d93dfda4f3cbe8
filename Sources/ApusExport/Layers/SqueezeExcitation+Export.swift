import ApusModels
import ApusONNX

extension SqueezeExcitation: GraphLayer {
    func exported(_ x: GraphValue, in graph: inout GraphBuilder) -> GraphValue {
        let mean = graph.node("GlobalAveragePool", [x])
        let squeezed = graph.activated(graph.layer("fc1", fc1, mean), activation)
        return graph.node("Mul", [x, graph.activated(graph.layer("fc2", fc2, squeezed), gate)])
    }
}
