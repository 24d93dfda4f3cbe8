import ApusCore
import ApusONNX

/// Which convolutions of a graph compute with 8-bit integers, which values are thus kept as such, and which of those
/// share a scale.
struct QuantizationPlan {
    /// Indices of nodes.
    private(set) var convolutions: [Int] = []
    /// In the order in which the graph makes them.
    private(set) var values: [String] = []
    /// For each value the one whose scale it shares.
    private var representatives: [String: String] = [:]
    private let graph: Graph
    private let links: GraphLinks

    /// - Parameters:
    ///   - graph: in an order that can be executed.
    ///   - keepsLastInFloat: whether convolutions that no other follows stay as they are: what they give becomes boxes
    ///     and scores at once, and suffers most from rounding.
    init(_ graph: Graph, keepsLastInFloat: Bool) {
        self.graph = graph
        links = GraphLinks(graph)
        let isLast = Self.lastConvolutions(graph, links)
        for (index, node) in graph.nodes.enumerated() where canQuantize(node) {
            if !keepsLastInFloat || !isLast.contains(index) { convolutions.append(index) }
        }
        for index in convolutions {
            demand(graph.nodes[index].inputs[0])
            demandTail(of: graph.nodes[index].outputs[0])
        }
        let wanted = Set(representatives.keys)
        values = (graph.requiredInputs.map(\.name) + graph.nodes.flatMap(\.outputs)).filter(wanted.contains)
    }

    /// The value whose scale `value` shares: the same for all that share one.
    func representative(of value: String) -> String {
        var name = value
        while let next = representatives[name], next != name { name = next }
        return name
    }

    /// Values that are computed, not only moved: those whose range calibration must find.
    var measured: [String] {
        values.filter { value in
            links.producer(of: value).map { !Self.movements.contains(graph.nodes[$0].operatorType) } ?? true
        }
    }

    private func canQuantize(_ node: Node) -> Bool {
        guard node.operatorType == "Conv", node.domain.isEmpty, node.inputs.count >= 2, !node.outputs.isEmpty,
            let weights = graph.initializers[node.inputs[1]], weights.dataType == .float32, weights.shape.rank == 4,
            weights.count > 0, (try? node.int("group", default: 1)) == 1
        else { return false }
        guard let bias = node.input(2) else { return true }
        return graph.initializers[bias]?.dataType == .float32
    }

    /// Convolutions from which no other follows.
    private static func lastConvolutions(_ graph: Graph, _ links: GraphLinks) -> Set<Int> {
        var leading = Set<String>()
        var last = Set<Int>()
        for (index, node) in graph.nodes.enumerated().reversed() {
            let leads = node.outputs.contains(where: leading.contains)
            let isConvolution = node.operatorType == "Conv"
            if isConvolution, !leads { last.insert(index) }
            if isConvolution || leads { leading.formUnion(node.inputs) }
        }
        return last
    }

    // MARK: Values

    /// Nodes that only move or choose elements: their outputs have the scale of their input.
    private static let movements: Set<String> = [
        "Split", "MaxPool", "Resize", "Concat", "Reshape", "Flatten", "Transpose", "Slice", "Squeeze", "Unsqueeze",
    ]

    /// Keeps `value` as integers, and what it is moved from.
    private mutating func demand(_ value: String) {
        guard representatives[value] == nil, graph.initializers[value] == nil else { return }
        representatives[value] = value
        guard let producer = links.producer(of: value) else { return }
        let node = graph.nodes[producer]
        guard Self.movements.contains(node.operatorType), node.domain.isEmpty else { return }
        let sources = node.operatorType == "Concat" ? node.inputs : [node.inputs[0]]
        for name in sources + node.outputs where !name.isEmpty {
            demand(name)
            unite(name, value)
        }
    }

    private mutating func unite(_ a: String, _ b: String) {
        representatives[representative(of: a)] = representative(of: b)
    }

    /// Keeps as integers what the convolution that makes `value` gives in the end: after an activation and an addition,
    /// which are computed as it stores.
    private mutating func demandTail(of value: String) {
        var tail = value
        while let next = successor(of: tail) { tail = next }
        guard !links.isOutput(tail) else { return }
        demand(tail)
    }

    private static let activations: Set<String> = [
        "Relu", "Clip", "LeakyRelu", "Sigmoid", "HardSigmoid", "HardSwish",
    ]

    /// What the only activation or addition behind `value` makes of it.
    private mutating func successor(of value: String) -> String? {
        let readers = links.readers(of: value)
        guard !links.isOutput(value) else { return nil }
        if readers.count == 2, let product = gatedProduct(of: value, readers) { return product }
        guard readers.count == 1 else { return nil }
        let node = graph.nodes[readers[0]]
        guard node.domain.isEmpty, let output = node.outputs.first else { return nil }
        if Self.activations.contains(node.operatorType) { return output }
        guard node.operatorType == "Add", let other = node.inputs.first(where: { $0 != value }),
            representatives[other] != nil
        else { return nil }
        return output
    }

    /// `x · f(x)`: the output, where `value` is read by nothing else.
    private func gatedProduct(of value: String, _ readers: [Int]) -> String? {
        let nodes = readers.map { graph.nodes[$0] }
        guard let gate = nodes.first(where: { Self.activations.contains($0.operatorType) }),
            let product = nodes.first(where: { $0.operatorType == "Mul" }), product.inputs.contains(gate.outputs[0]),
            links.readers(of: gate.outputs[0]).count == 1
        else { return nil }
        return product.outputs[0]
    }
}

/// Who makes and who reads each value of a graph.
struct GraphLinks {
    private var producers: [String: Int] = [:]
    private var reading: [String: [Int]] = [:]
    private let outputs: Set<String>

    init(_ graph: Graph) {
        for (index, node) in graph.nodes.enumerated() {
            for output in node.outputs where !output.isEmpty { producers[output] = index }
            for input in node.inputs where !input.isEmpty { reading[input, default: []].append(index) }
        }
        outputs = Set(graph.outputs.map(\.name))
    }

    func producer(of value: String) -> Int? { producers[value] }
    func readers(of value: String) -> [Int] { reading[value] ?? [] }
    func isOutput(_ value: String) -> Bool { outputs.contains(value) }
}
