import ApusONNX

/// Without `Identity`, and `Dropout` as at inference: readers take their inputs instead, or, where the node names an
/// output of the graph, the node before it takes over the name.
func removingIdentities(_ graph: Graph) -> Graph {
    // A subgraph may read a value by name: then nothing is renamed.
    guard graph.nodes.allSatisfy({ $0.subgraphs.isEmpty }) else { return graph }
    let uses = GraphUses(graph)
    var names: [String: String] = [:]
    var removed = Set<Int>()
    for (index, node) in graph.nodes.enumerated() where passesInput(node, uses) {
        let (input, output) = (node.inputs[0], node.outputs[0])
        if !uses.isOutput(output) {
            names[output] = names[input] ?? input
        } else if names[input] == nil, !uses.isOutput(input), let producer = uses.producer(of: input),
            !removed.contains(producer)
        {
            names[input] = output
        } else {
            continue
        }
        removed.insert(index)
    }
    var result = graph.removing(removed)
    for index in result.nodes.indices {
        result.nodes[index].inputs = result.nodes[index].inputs.map { resolve($0, names) }
        result.nodes[index].outputs = result.nodes[index].outputs.map { uses.isOutput($0) ? $0 : names[$0] ?? $0 }
    }
    return result
}

/// The last name that `name` leads to: an identity's input may itself have been renamed.
private func resolve(_ name: String, _ names: [String: String]) -> String {
    var name = name
    while let next = names[name] { name = next }
    return name
}

private func passesInput(_ node: Node, _ uses: GraphUses) -> Bool {
    let isDropout =
        node.isStandard("Dropout") && node.input(2) == nil
        && node.outputs.dropFirst().allSatisfy { $0.isEmpty || uses.readers(of: $0).isEmpty && !uses.isOutput($0) }
    guard node.isStandard("Identity") || isDropout else { return false }
    return node.input(0) != nil && !(node.outputs.first ?? "").isEmpty
}
