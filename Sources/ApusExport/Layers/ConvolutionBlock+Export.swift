import ApusModels
import ApusONNX

extension ConvolutionBlock: GraphLayer {
    /// One convolution with the normalization in its weights, then SiLU.
    func exported(_ x: GraphValue, in graph: inout GraphBuilder) -> GraphValue {
        let (weight, bias) = folded()
        let y = graph.scope("conv") { graph in
            graph.convolution(
                x, weight: weight, bias: bias, stride: (conv.stride, conv.stride),
                padding: (conv.padding, conv.padding), groups: conv.groups)
        }
        return graph.silu(y)
    }
}
