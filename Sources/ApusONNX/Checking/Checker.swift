/// Finds what makes a model impossible to execute, whatever its operators mean.
public enum Checker {
    public static func check(_ model: Model) throws(GraphError) {
        try check(model.graph, opsets: model.opsetImports, outer: nil)
        for function in model.functions { try check(function) }
    }

    private static func check(_ graph: Graph, opsets: [String: Int], outer: Scope?) throws(GraphError) {
        try checkNames(graph)
        let scope = graph.scope(within: outer)
        try check(try graph.nodes.sorted(from: scope), opsets: opsets, scope)
        for output in graph.outputs where !scope.contains(output.name) {
            throw .undefinedValue(output.name, node: "output of graph '\(graph.name)'")
        }
    }

    private static func check(_ function: Function) throws(GraphError) {
        let scope = Scope(function.inputs)
        try check(try function.nodes.sorted(from: scope), opsets: function.opsetImports, scope)
        for output in function.outputs where !scope.contains(output) {
            throw .undefinedValue(output, node: "output of function '\(function.name)'")
        }
    }

    /// Leaves in `scope` every value that is known after the last node.
    private static func check(_ nodes: [Node], opsets: [String: Int], _ scope: Scope) throws(GraphError) {
        for node in nodes {
            guard opsets[node.domain] != nil || opsets.isEmpty && node.domain.isEmpty else {
                throw .missingOpset(domain: node.domain, node: node.label)
            }
            for graph in node.subgraphs { try check(graph, opsets: opsets, outer: scope) }
            for output in node.outputs where !output.isEmpty {
                guard scope.insert(output) else { throw .duplicateValue(output, node: node.label) }
            }
        }
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
