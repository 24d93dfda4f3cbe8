import ApusModels
import ApusNN
import ApusONNX

extension Conv2D: GraphLayer {
    func exported(_ x: GraphValue, in graph: inout GraphBuilder) -> GraphValue {
        graph.convolution(
            x, weight: weight.array(), bias: bias?.array(), stride: (stride, stride), padding: (padding, padding),
            groups: groups)
    }

    /// One convolution with the normalization in its weights.
    func exported(_ x: GraphValue, with normalization: BatchNorm2D, in graph: inout GraphBuilder) -> GraphValue {
        let (weight, bias) = folded(with: normalization)
        return graph.convolution(
            x, weight: weight, bias: bias, stride: (stride, stride), padding: (padding, padding), groups: groups)
    }
}
