import ApusModels
import ApusONNX

extension ConvolutionBlock: GraphLayer {
    /// One convolution with the normalization in its weights, then SiLU.
    func exported(_ x: GraphValue, in graph: inout GraphBuilder) -> GraphValue {
        graph.silu(graph.scope("conv") { conv.exported(x, with: bn, in: &$0) })
    }
}
