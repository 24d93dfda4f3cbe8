/// Finds what makes a model impossible to execute, whatever its operators mean.
public enum Checker {
    public static func check(_ model: Model) throws(GraphError) {
        try check(model.graph, opsets: model.opsetImports, outer: [])
        for function in model.functions { try check(function) }
    }

    private static func check(_ graph: Graph, opsets: [String: Int], outer: Set<String>) throws(GraphError) {
        try checkNames(graph)
        let known = outer.union(graph.inputs.map(\.name)).union(graph.constantNames)
        let nodes = try graph.sortedNodes(outer: outer)
        let all = try check(nodes, opsets: opsets, known: known)
        for output in graph.outputs where !all.contains(output.name) {
            throw .undefinedValue(output.name, node: "output of graph '\(graph.name)'")
        }
    }

    private static func check(_ function: Function) throws(GraphError) {
        let nodes = try function.nodes.sorted(from: Set(function.inputs))
        let all = try check(nodes, opsets: function.opsetImports, known: Set(function.inputs))
        for output in function.outputs where !all.contains(output) {
            throw .undefinedValue(output, node: "output of function '\(function.name)'")
        }
    }

    /// Returns every value that is known after the last node.
    private static func check(
        _ nodes: [Node], opsets: [String: Int], known: Set<String>
    ) throws(GraphError) -> Set<String> {
        var known = known
        for node in nodes {
            guard opsets[node.domain] != nil || opsets.isEmpty && node.domain.isEmpty else {
                throw .missingOpset(domain: node.domain, node: node.label)
            }
            for graph in node.subgraphs { try check(graph, opsets: opsets, outer: known) }
            for output in node.outputs where !output.isEmpty {
                guard known.insert(output).inserted else { throw .duplicateValue(output, node: node.label) }
            }
        }
        return known
    }

    private static func checkNames(_ graph: Graph) throws(GraphError) {
        var seen = Set<String>()
        for input in graph.inputs {
            guard !input.name.isEmpty else { throw .undefinedValue("", node: "input of graph '\(graph.name)'") }
            guard seen.insert(input.name).inserted else {
                throw .duplicateValue(input.name, node: "input of graph '\(graph.name)'")
            }
        }
    }
}
