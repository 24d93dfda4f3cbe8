import ApusONNX

/// Without the nodes and constants from which no output follows.
func removingDeadNodes(_ graph: Graph) -> Graph {
    var needed = Set(graph.outputs.map(\.name))
    var dead = Set<Int>()
    for (index, node) in graph.nodes.enumerated().reversed() {
        if node.outputs.contains(where: needed.contains) { needed.formUnion(node.reads) } else { dead.insert(index) }
    }
    var result = graph.removing(dead)
    result.initializers = graph.initializers.filter { needed.contains($0.key) }
    return result
}
