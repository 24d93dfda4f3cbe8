import ApusNN
import ApusONNX

extension Conv2D: GraphLayer {
    func exported(_ x: GraphValue, in graph: inout GraphBuilder) -> GraphValue {
        graph.convolution(
            x, weight: weight.array(), bias: bias?.array(), stride: (stride, stride), padding: (padding, padding),
            groups: groups)
    }
}
