import ApusCore
import ApusONNX

/// What making a graph ready to run takes beside the graph.
struct Compilation {
    let opsets: [String: Int]
    let optimizes: Bool
    let context: ExecutionContext
    private var depth = 0
    /// How deep graphs may lie inside each other.
    private static let depthLimit = 24

    init(opsets: [String: Int], optimizes: Bool, _ context: ExecutionContext) {
        (self.opsets, self.optimizes, self.context) = (opsets, optimizes, context)
    }

    /// The program of a whole model's graph.
    func program(of graph: Graph) throws(RuntimeError) -> Program {
        try program(of: graph, inputs: graph.requiredInputs.map(\.name))
    }

    private func program(of graph: Graph, inputs: [String]) throws(RuntimeError) -> Program {
        var graph = graph
        do throws(GraphError) { graph = try graph.withPlainConstants(context) } catch { throw .graph(error) }
        if optimizes { graph = try optimized(graph, opsets: opsets, context) }
        return try Program(graph, inputs: inputs, self)
    }

    /// The node's operator, and the values of `graph` that it reads beside its inputs.
    func makeExecutor(
        for node: Node, in graph: Graph
    ) throws(RuntimeError) -> (run: Executor, captures: [String]) {
        let run = try OperatorRegistry.makeOperator(for: node, opsets: opsets)
        guard var bodied = run as? any BodiedOperator else { return (Executor(run), []) }
        var captures: [String] = []
        var bodies: [String: Body] = [:]
        for (name, attribute) in node.attributes.sorted(by: { $0.key < $1.key }) {
            guard case .graph(let subgraph) = attribute else { continue }
            bodies[name] = try body(of: subgraph, in: graph, node, &captures)
        }
        do throws(GraphError) { try bodied.adopt(bodies) } catch { throw .graph(error) }
        return (Executor(bodied), captures)
    }

    /// What `subgraph` takes from `graph` becomes a constant of it, or an input after its own.
    private func body(
        of subgraph: Graph, in graph: Graph, _ node: Node, _ captures: inout [String]
    ) throws(RuntimeError) -> Body {
        guard depth < Self.depthLimit else { throw .graph(.nesting(limit: Self.depthLimit, node: node.label)) }
        var closed = subgraph.withoutConstantInputs
        var captured: [String] = []
        for name in Set(subgraph.captures).sorted() where !closed.takeConstant(name, from: graph) {
            captured.append(name)
        }
        let inputs = subgraph.inputs.map(\.name) + captured
        closed.inputs += captured.map { ValueInfo($0, type: .other("captured")) }
        var inner = self
        inner.depth += 1
        let start = node.inputs.count + captures.count
        captures += captured
        return Body(
            try inner.program(of: closed, inputs: inputs), captures: start..<start + captured.count,
            inputCount: subgraph.inputs.count, outputs: subgraph.outputs)
    }
}

extension Graph {
    /// A body's inputs are given by its node, whatever constants share their names.
    fileprivate var withoutConstantInputs: Graph {
        var graph = self
        for input in inputs {
            graph.initializers[input.name] = nil
            graph.stringInitializers[input.name] = nil
            graph.sparseInitializers[input.name] = nil
        }
        return graph
    }

    /// Whether `name` is a constant of `outer`; then it becomes one here.
    fileprivate mutating func takeConstant(_ name: String, from outer: Graph) -> Bool {
        if let array = outer.initializers[name] {
            initializers[name] = array
        } else if let texts = outer.stringInitializers[name] {
            stringInitializers[name] = texts
        } else {
            return false
        }
        return true
    }
}
