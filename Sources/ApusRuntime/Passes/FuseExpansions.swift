import ApusCore
import ApusONNX

/// With a pointwise convolution that a depthwise one alone reads computed together with it.
func fusingExpansions(_ graph: Graph) -> Graph {
    var result = graph
    let uses = GraphUses(graph)
    var absorbed = Set<Int>()
    for (index, node) in graph.nodes.enumerated() where isDepthwise(node, graph) {
        guard uses.hasOneReader(node.inputs[0]), let producer = uses.producer(of: node.inputs[0]),
            isExpansion(graph.nodes[producer], graph)
        else { continue }
        result.nodes[index] = joining(graph.nodes[producer], node)
        absorbed.insert(producer)
    }
    return result.removing(absorbed)
}

private func joining(_ pointwise: Node, _ depthwise: Node) -> Node {
    var node = depthwise
    node.operatorType = ExpandedConvolution.type.name
    node.domain = fusedDomain
    node.inputs = inputsAndBias(pointwise) + inputsAndBias(depthwise).dropFirst()
    for (name, attribute) in pointwise.attributes { node.attributes[ExpandedConvolution.prefix + name] = attribute }
    return node
}

private func inputsAndBias(_ node: Node) -> [String] { (0..<3).map { node.input($0) ?? "" } }

private func isDepthwise(_ node: Node, _ graph: Graph) -> Bool {
    guard let weights = constantWeights(node, graph) else { return false }
    return weights.shape[0] > 1 && weights.shape[1] == 1 && node.attributes["group"] == .int(weights.shape[0])
}

private func isExpansion(_ node: Node, _ graph: Graph) -> Bool {
    guard let weights = constantWeights(node, graph) else { return false }
    let isUnit = ["strides", "pads"].allSatisfy { name in
        guard case .ints(let values)? = node.attributes[name] else { return node.attributes[name] == nil }
        return values.allSatisfy { $0 == (name == "pads" ? 0 : 1) }
    }
    let group = node.attributes["group"] ?? 1, padding = node.attributes["auto_pad"] ?? "NOTSET"
    return isUnit && weights.shape[2] == 1 && weights.shape[3] == 1 && group == 1 && padding == "NOTSET"
}

/// The weights of a convolution of images without residual, whose weights and bias are constants.
private func constantWeights(_ node: Node, _ graph: Graph) -> NDArray? {
    guard node.isConvolution, node.input(3) == nil, node.outputs.count == 1, let name = node.input(1),
        let weights = graph.initializers[name], weights.shape.rank == 4, weights.dataType == .float32,
        node.input(2).map({ graph.initializers[$0] != nil }) ?? true
    else { return nil }
    return weights
}
