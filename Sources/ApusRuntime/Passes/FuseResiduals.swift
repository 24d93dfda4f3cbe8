import ApusONNX

/// With the addition that alone follows a convolution computed as the convolution stores its sums: after its
/// activation, or, where it has none yet, before one that may follow.
func fusingResiduals(_ graph: Graph) -> Graph {
    var result = graph
    let uses = GraphUses(graph)
    var absorbed = Set<Int>()
    for (index, node) in graph.nodes.enumerated() where node.isStandard("Add") && node.inputs.count == 2 {
        for (sum, other) in [(node.inputs[0], node.inputs[1]), (node.inputs[1], node.inputs[0])] {
            guard let producer = uses.producer(of: sum), uses.hasOneReader(sum), !absorbed.contains(producer),
                graph.nodes[producer].isConvolution, sum != other,
                graph.nodes[producer].inputs.dropFirst(3).allSatisfy(\.isEmpty),
                graph.initializers[other] == nil
            else { continue }
            // The convolution moves to the addition's place, where the other term is known.
            result.nodes[index] = adding(other, to: graph.nodes[producer], output: node.outputs)
            absorbed.insert(producer)
            break
        }
    }
    return result.removing(absorbed)
}

private func adding(_ residual: String, to convolution: Node, output: [String]) -> Node {
    var node = convolution
    node.domain = fusedDomain
    node.inputs = (0..<3).map { convolution.input($0) ?? "" } + [residual]
    node.outputs = output
    node.attributes["residual"] = convolution.attributes["activation"] == nil ? "before" : "after"
    return node
}
