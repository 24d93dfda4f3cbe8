extension Model {
    /// The model with the nodes of its functions in place of every call, in subgraphs too.
    ///
    /// - Throws: `.cycle` where a function calls itself, `.nesting` and `.tooManyNodes` where calls do not end soon.
    public func inlined() throws(GraphError) -> Model {
        guard !functions.isEmpty else { return self }
        var inliner = Inliner(self)
        var model = self
        model.graph = try inliner.expand(graph, calls: [])
        model.functions = []
        return model
    }
}

/// Replaces calls of functions by their nodes.
private struct Inliner {
    private let functions: [FunctionKey: Function]
    private let opsets: [String: Int]
    /// No name in the model begins with this.
    private let prefix: String
    private var callCount = 0
    private var nodeCount = 0
    private static let nodeLimit = 1 << 20, depthLimit = 64

    init(_ model: Model) {
        functions = Dictionary(model.functions.map { (FunctionKey($0), $0) }, uniquingKeysWith: { first, _ in first })
        opsets = model.opsetImports
        let taken = Set(model.allNames.compactMap(Self.number))
        prefix = "call\((0...taken.count).first { !taken.contains($0) } ?? 0)_"
    }

    /// N where `name` begins with "callN_".
    private static func number(_ name: String) -> Int? {
        name.hasPrefix("call") ? Int(name.dropFirst(4).prefix { $0 != "_" }) : nil
    }

    mutating func expand(_ graph: Graph, calls: [FunctionKey]) throws(GraphError) -> Graph {
        var result = graph
        result.nodes = []
        for node in graph.nodes { result.nodes += try expand(node, calls: calls) }
        return result
    }

    private mutating func expand(_ node: Node, calls: [FunctionKey]) throws(GraphError) -> [Node] {
        let key = FunctionKey(node)
        guard let function = functions[key] else {
            var node = node
            for (name, attribute) in node.attributes {
                node.attributes[name] = try attribute.mappingGraphs { graph throws(GraphError) in
                    try expand(graph, calls: calls)
                }
            }
            return [node]
        }
        guard !calls.contains(key) else { throw .cycle(through: (calls + [key]).map(\.name)) }
        guard calls.count < Self.depthLimit else { throw .nesting(limit: Self.depthLimit, node: node.label) }
        var result: [Node] = []
        for inner in try instantiate(function, for: node) { result += try expand(inner, calls: calls + [key]) }
        return result
    }

    private mutating func instantiate(_ function: Function, for call: Node) throws(GraphError) -> [Node] {
        nodeCount += 1 + function.nodes.nestedCount
        guard nodeCount <= Self.nodeLimit else {
            throw .tooManyNodes(limit: Self.nodeLimit, function: function.name)
        }
        callCount += 1
        return FunctionInstance(function, call, prefix: "\(prefix)\(callCount)/", opsets: opsets).nodes
    }
}

/// What tells functions apart.
private struct FunctionKey: Hashable {
    let domain, name, overload: String

    init(_ function: Function) { (domain, name, overload) = (function.domain, function.name, function.overload) }
    init(_ node: Node) { (domain, name, overload) = (node.domain, node.operatorType, node.overload) }
}

extension Attribute {
    /// The attribute with every graph inside replaced.
    func mappingGraphs(_ transform: (Graph) throws(GraphError) -> Graph) throws(GraphError) -> Attribute {
        switch self {
        case .graph(let graph): return .graph(try transform(graph))
        case .graphs(let graphs):
            var results: [Graph] = []
            for graph in graphs { results.append(try transform(graph)) }
            return .graphs(results)
        default: return self
        }
    }
}

extension [Node] {
    /// The nodes here and in their subgraphs.
    fileprivate var nestedCount: Int {
        count + flatMap(\.subgraphs).reduce(0) { $0 + $1.nodes.nestedCount }
    }

    fileprivate var names: [String] {
        flatMap { $0.inputs + $0.outputs + $0.subgraphs.flatMap(\.names) }
    }
}

extension Graph {
    fileprivate var names: [String] { inputs.map(\.name) + outputs.map(\.name) + constantNames + nodes.names }
}

extension Model {
    /// The names of all values.
    fileprivate var allNames: Set<String> {
        Set(graph.names + functions.flatMap { $0.inputs + $0.outputs + $0.nodes.names })
    }
}
