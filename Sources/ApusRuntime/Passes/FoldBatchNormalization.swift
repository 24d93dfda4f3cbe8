import ApusCore
import ApusONNX

/// With each `BatchNormalization` that alone follows a convolution folded into its weights and bias.
func foldingBatchNormalization(_ graph: Graph) -> Graph {
    var result = graph
    let uses = GraphUses(graph)
    var folded = Set<Int>()
    for (index, node) in graph.nodes.enumerated() where node.isStandard("BatchNormalization") {
        guard let input = node.input(0), let producer = uses.producer(of: input), uses.hasOneReader(input),
            graph.nodes[producer].isStandard("Conv"), node.outputs.count == 1,
            let affine = affine(of: node, graph),
            let weights = scaled(graph.nodes[producer], by: affine, graph)
        else { continue }
        let name = node.outputs[0]
        var convolution = result.nodes[producer]
        convolution.inputs = [convolution.inputs[0], name + ".folded.weight", name + ".folded.bias"]
        convolution.outputs = [name]
        result.initializers[convolution.inputs[1]] = weights.weight
        result.initializers[convolution.inputs[2]] = weights.bias
        result.nodes[producer] = convolution
        folded.insert(index)
    }
    return result.removing(folded)
}

private func affine(of node: Node, _ graph: Graph) -> (factors: [Float], offsets: [Float])? {
    guard node.inputs.count == 5, let epsilon = try? node.float("epsilon", default: 1e-5) else { return nil }
    guard (try? node.flag("training_mode", default: false)) == false else { return nil }
    var vectors: [[Float]] = []
    for name in node.inputs.dropFirst() {
        guard let array = graph.initializers[name], array.dataType == .float32 else { return nil }
        vectors.append(array.elements())
    }
    guard vectors.allSatisfy({ $0.count == vectors[0].count }) else { return nil }
    return BatchNormalization.affine(vectors, epsilon: epsilon)
}

private func scaled(
    _ convolution: Node, by affine: (factors: [Float], offsets: [Float]), _ graph: Graph
) -> (weight: NDArray, bias: NDArray)? {
    guard let name = convolution.input(1), var weight = graph.initializers[name], weight.dataType == .float32,
        weight.shape.rank >= 3, weight.shape[0] == affine.factors.count, weight.count > 0
    else { return nil }
    var bias = affine.offsets
    if let name = convolution.input(2) {
        guard let own = graph.initializers[name], own.dataType == .float32, own.count == bias.count else { return nil }
        for (channel, value) in own.elements(of: Float.self).enumerated() {
            bias[channel] += value * affine.factors[channel]
        }
    }
    let run = weight.count / weight.shape[0]
    weight.withMutableElements(of: Float.self) { elements in
        for (channel, factor) in affine.factors.enumerated() {
            for index in channel * run..<(channel + 1) * run { elements[index] *= factor }
        }
    }
    return (weight, NDArray(bias))
}
