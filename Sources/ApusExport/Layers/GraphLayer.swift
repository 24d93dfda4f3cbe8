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
}
