import ApusONNX

/// With `x · Sigmoid(x)` as one node.
func fusingSiLU(_ graph: Graph) -> Graph {
    var result = graph
    let uses = GraphUses(graph)
    var removed = Set<Int>()
    for (index, node) in graph.nodes.enumerated() where node.isStandard("Mul") && node.inputs.count == 2 {
        for (x, gate) in [(node.inputs[0], node.inputs[1]), (node.inputs[1], node.inputs[0])] {
            guard let producer = uses.producer(of: gate), uses.hasOneReader(gate),
                graph.nodes[producer].isStandard("Sigmoid"), graph.nodes[producer].inputs == [x]
            else { continue }
            result.nodes[index] = Node(
                "SiLU", name: node.name, domain: fusedDomain, inputs: [x], outputs: node.outputs)
            removed.insert(producer)
            break
        }
    }
    return result.removing(removed)
}
