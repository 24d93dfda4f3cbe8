import ApusONNX

/// Without `Identity`, and `Dropout` as at inference: readers take their inputs instead. One that makes an output stays.
func removingIdentities(_ graph: Graph) -> Graph {
    let uses = GraphUses(graph)
    var names: [String: String] = [:]
    var removed = Set<Int>()
    for (index, node) in graph.nodes.enumerated() where passesInput(node, uses) {
        names[node.outputs[0]] = names[node.inputs[0]] ?? node.inputs[0]
        removed.insert(index)
    }
    // A subgraph may read a value by name: then nothing is renamed.
    guard !removed.isEmpty, graph.nodes.allSatisfy({ $0.subgraphs.isEmpty }) else { return graph }
    var result = graph.removing(removed)
    for index in result.nodes.indices {
        result.nodes[index].inputs = result.nodes[index].inputs.map { names[$0] ?? $0 }
    }
    return result
}

private func passesInput(_ node: Node, _ uses: GraphUses) -> Bool {
    let isDropout = node.isStandard("Dropout") && node.input(2) == nil
        && node.outputs.dropFirst().allSatisfy { $0.isEmpty || uses.readers(of: $0).isEmpty && !uses.isOutput($0) }
    guard node.isStandard("Identity") || isDropout else { return false }
    return node.input(0) != nil && node.outputs.count >= 1 && !uses.isOutput(node.outputs[0])
}
