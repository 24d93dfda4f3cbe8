import ApusModels
import ApusNN
import ApusONNX

extension SimCC {
    /// Adds the network.
    ///
    /// - Parameter images: `[N, 3, height, width]`, normalized.
    /// - Returns: logits `[N, K, 2 · width]` and `[N, K, 2 · height]` under these names; `nil` where the backbone has no
    ///   ONNX form.
    func exported(
        _ images: GraphValue, names: (x: String, y: String), in graph: inout GraphBuilder
    ) -> (x: GraphValue, y: GraphValue)? {
        guard let network = backbone.network as? any GraphBackbone else { return nil }
        let features = graph.scope("backbone") { network.exportedFeatures(images, in: &$0) }
        return graph.scope("head") { graph in
            let flat = graph.reshaped(graph.layer("final_layer", maps, features), to: [0, keypointCount, -1])
            return (
                graph.rowwise("mlp_head_x", x, flat, output: names.x),
                graph.rowwise("mlp_head_y", y, flat, output: names.y)
            )
        }
    }
}

extension GraphBuilder {
    /// A linear layer without bias over the last axis of a value of any rank.
    fileprivate mutating func rowwise(
        _ name: String, _ layer: Linear, _ x: GraphValue, output: String
    ) -> GraphValue {
        scope(name) { graph in
            let weight = graph.constant(layer.weight.permuted([1, 0]).contiguous().array(), name: "weight")
            return graph.node("MatMul", [x, weight], output: output)
        }
    }
}
