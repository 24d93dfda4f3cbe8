import ApusModels
import ApusONNX

extension NormalizedConvolution: GraphLayer {
    /// One convolution with the normalization in its weights, then the activation.
    func exported(_ x: GraphValue, in graph: inout GraphBuilder) -> GraphValue {
        let y = graph.scope("0") { convolution.exported(x, with: normalization, in: &$0) }
        return graph.activated(y, activation)
    }
}
