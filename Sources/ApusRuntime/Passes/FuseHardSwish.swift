import ApusCore
import ApusONNX

/// With `x · Clip(x + 3, 0, 6) / 6` as one node, whichever way its product and quotient are nested.
func fusingHardSwish(_ graph: Graph) -> Graph {
    var result = graph
    let uses = GraphUses(graph)
    var removed = Set<Int>()
    for (index, node) in graph.nodes.enumerated() {
        guard let match = quotientOfProduct(node, graph, uses) ?? productOfQuotient(node, graph, uses) else { continue }
        result.nodes[index] = Node(
            "HardSwish", name: node.name, domain: fusedDomain, inputs: [match.x], outputs: node.outputs)
        removed.formUnion(match.nodes)
    }
    return result.removing(removed)
}

private typealias Match = (x: String, nodes: [Int])

/// `(x · Clip(x + 3, 0, 6)) / 6`
private func quotientOfProduct(_ node: Node, _ graph: Graph, _ uses: GraphUses) -> Match? {
    guard node.isStandard("Div"), graph.scalar(node.input(1)) == 6,
        let product = soleProducer(node.input(0), "Mul", graph, uses)
    else { return nil }
    let factors = graph.nodes[product].inputs
    guard factors.count == 2 else { return nil }
    for (x, gate) in [(factors[0], factors[1]), (factors[1], factors[0])] {
        if let nodes = clippedSum(gate, of: x, graph, uses) { return (x, nodes + [product]) }
    }
    return nil
}

/// `x · (Clip(x + 3, 0, 6) / 6)`
private func productOfQuotient(_ node: Node, _ graph: Graph, _ uses: GraphUses) -> Match? {
    guard node.isStandard("Mul"), node.inputs.count == 2 else { return nil }
    for (x, gate) in [(node.inputs[0], node.inputs[1]), (node.inputs[1], node.inputs[0])] {
        guard let quotient = soleProducer(gate, "Div", graph, uses), graph.scalar(graph.nodes[quotient].input(1)) == 6,
            let nodes = clippedSum(graph.nodes[quotient].inputs[0], of: x, graph, uses)
        else { continue }
        return (x, nodes + [quotient])
    }
    return nil
}

/// The nodes of `Clip(x + 3, 0, 6)`.
private func clippedSum(_ value: String, of x: String, _ graph: Graph, _ uses: GraphUses) -> [Int]? {
    guard let clip = soleProducer(value, "Clip", graph, uses), let bounds = bounds(of: graph.nodes[clip], graph),
        bounds == (0, 6), let sum = soleProducer(graph.nodes[clip].input(0), "Add", graph, uses)
    else { return nil }
    let terms = graph.nodes[sum].inputs
    guard terms.count == 2 else { return nil }
    let isMatch = terms[0] == x && graph.scalar(terms[1]) == 3 || terms[1] == x && graph.scalar(terms[0]) == 3
    return isMatch ? [clip, sum] : nil
}

private func bounds(of clip: Node, _ graph: Graph) -> (Float, Float)? {
    let low = graph.scalar(clip.input(1)) ?? (try? clip.optionalFloat("min")) ?? nil
    let high = graph.scalar(clip.input(2)) ?? (try? clip.optionalFloat("max")) ?? nil
    guard let low, let high else { return nil }
    return (low, high)
}

/// The `type` node that makes `value`, where nobody else reads it.
private func soleProducer(_ value: String?, _ type: String, _ graph: Graph, _ uses: GraphUses) -> Int? {
    guard let value, uses.hasOneReader(value), let producer = uses.producer(of: value),
        graph.nodes[producer].isStandard(type)
    else { return nil }
    return producer
}
