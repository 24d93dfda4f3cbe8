import ApusNN
import ApusONNX

extension TransposedConv2D: GraphLayer {
    func exported(_ x: GraphValue, in graph: inout GraphBuilder) -> GraphValue {
        let weight = graph.constant(weight.contiguous().array(), name: "weight")
        let bias = bias.map { graph.constant($0.array(), name: "bias") }
        return graph.node(
            "ConvTranspose", [x, weight, bias].compactMap { $0 },
            attributes: ["kernel_shape": [kernelSize, kernelSize], "strides": [stride, stride]])
    }
}
