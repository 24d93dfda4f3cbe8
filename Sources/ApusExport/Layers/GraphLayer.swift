import ApusNN
import ApusONNX

/// A layer of one input and one output that can be written as ONNX nodes, as it computes in evaluation mode.
protocol GraphLayer {
    /// Adds the layer's nodes and constants.
    func exported(_ x: GraphValue, in graph: inout GraphBuilder) -> GraphValue
}

extension GraphBuilder {
    /// Adds a layer; its nodes and weights are named below `name`.
    mutating func layer(_ name: String, _ layer: some GraphLayer, _ x: GraphValue) -> GraphValue {
        scope(name) { layer.exported(x, in: &$0) }
    }

    /// Adds layers one after another, named by their numbers from `first` on.
    mutating func chain(_ layers: [Module], from first: Int = 0, _ x: GraphValue) -> GraphValue {
        layers.enumerated().reduce(x) { x, entry in
            guard let layer = entry.element as? any Module & GraphLayer else {
                preconditionFailure("\(type(of: entry.element)) has no ONNX form")
            }
            return self.layer(String(first + entry.offset), layer, x)
        }
    }
}
