import ApusCore

/// A value of a graph that is being built.
public struct GraphValue: Hashable, Sendable {
    public let name: String
}

/// Builds a graph node by node, and names what has no name.
public struct GraphBuilder {
    private var graph: Graph
    private var scopes: [String] = []
    private var names: Set<String> = []

    public init(name: String) { graph = Graph(name: name) }

    /// Declares an input of the graph.
    public mutating func input(_ name: String, _ type: DataType = .float32, shape: [Dimension]) -> GraphValue {
        graph.inputs.append(ValueInfo(reserve(name), type, shape: shape))
        return GraphValue(name: name)
    }

    /// Declares an output of the graph; where the value has another name, an `Identity` gives it this one.
    public mutating func output(
        _ value: GraphValue, name: String, _ type: DataType = .float32, shape: [Dimension]
    ) {
        if value.name != name { _ = node("Identity", [value], output: name) }
        graph.outputs.append(ValueInfo(name, type, shape: shape))
    }

    /// Adds an initializer, named within the current scope.
    public mutating func constant(_ array: NDArray, name: String = "constant") -> GraphValue {
        let value = GraphValue(name: unique(name))
        graph.initializers[value.name] = array
        return value
    }

    /// Adds a node of one output, which is called `output` where that is given; `nil` leaves an optional input out.
    public mutating func node(
        _ type: String, _ inputs: [GraphValue?], attributes: [String: Attribute] = [:], domain: String = "",
        output: String? = nil
    ) -> GraphValue {
        let name = unique(type)
        let value = GraphValue(name: reserve(output ?? "\(name)_output_0"))
        append(type, name, inputs, [value], attributes, domain)
        return value
    }

    /// Adds a node of `outputCount` outputs.
    public mutating func node(
        _ type: String, _ inputs: [GraphValue?], attributes: [String: Attribute] = [:], domain: String = "",
        outputCount: Int
    ) -> [GraphValue] {
        let name = unique(type)
        let values = (0..<outputCount).map { GraphValue(name: reserve("\(name)_output_\($0)")) }
        append(type, name, inputs, values, attributes, domain)
        return values
    }

    /// Declares the type of an inner value, for readers that do not infer it.
    public mutating func declare(_ value: GraphValue, _ type: DataType = .float32, shape: [Dimension]) {
        graph.valueInfo.append(ValueInfo(value.name, type, shape: shape))
    }

    /// Names what `body` adds below `name`.
    public mutating func scope<Result, E: Error>(
        _ name: String, _ body: (inout GraphBuilder) throws(E) -> Result
    ) throws(E) -> Result {
        scopes.append(name)
        defer { scopes.removeLast() }
        return try body(&self)
    }

    /// The graph as built so far.
    public func build() -> Graph { graph }

    /// A model of the graph as built so far.
    public func model(opset: Int = 17, irVersion: Int = 8, metadata: [String: String] = [:]) -> Model {
        Model(graph: graph, opset: opset, irVersion: irVersion, metadata: metadata)
    }

    private mutating func append(
        _ type: String, _ name: String, _ inputs: [GraphValue?], _ outputs: [GraphValue],
        _ attributes: [String: Attribute], _ domain: String
    ) {
        graph.nodes.append(
            Node(
                type, name: name, domain: domain, inputs: inputs.map { $0?.name ?? "" },
                outputs: outputs.map(\.name), attributes: attributes))
    }

    private mutating func unique(_ name: String) -> String {
        let path = (scopes + [name]).joined(separator: ".")
        var candidate = path
        var count = 0
        while names.contains(candidate) {
            count += 1
            candidate = "\(path)_\(count)"
        }
        return reserve(candidate)
    }

    private mutating func reserve(_ name: String) -> String {
        precondition(names.insert(name).inserted, "two values of a graph are called '\(name)'")
        return name
    }
}
