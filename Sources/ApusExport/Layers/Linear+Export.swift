import ApusNN
import ApusONNX

extension Linear: GraphLayer {
    /// - Input: `[N, inputs]`
    func exported(_ x: GraphValue, in graph: inout GraphBuilder) -> GraphValue {
        let weight = graph.constant(weight.array(), name: "weight")
        let bias = bias.map { graph.constant($0.array(), name: "bias") }
        return graph.node("Gemm", [x, weight, bias].compactMap { $0 }, attributes: ["transB": 1])
    }
}
