import ApusCore

/// What a model is, in figures: for people (`description`) and for programs (`Encodable`).
public struct GraphSummary: Encodable, Equatable, Sendable {
    /// An input or output: its element type and declared extents, as text.
    public struct Value: Encodable, Equatable, Sendable {
        public var name: String
        public var type: String
        public var shape: [String]?
    }

    public var name: String
    public var producer: String
    public var irVersion: Int
    /// Version by domain; the standard operators' is `ai.onnx`.
    public var opsets: [String: Int]
    public var inputs: [Value]
    public var outputs: [Value]
    /// Nodes by operator type, those of subgraphs included.
    public var operators: [String: Int]
    /// Elements of all constants.
    public var parameterCount: Int
    public var parameterBytes: Int
    /// Floating-point operations of convolutions and matrix products for one image, a multiplication and an addition
    /// counting as two; `nil` where the shape of one of them does not follow from the file.
    public var floatingPointOperations: Int?
    public var metadata: [String: String]

    public init(_ model: Model) {
        let graph = model.graph
        let constants = graph.allConstants
        name = graph.name
        producer = [model.producer, model.producerVersion].filter { !$0.isEmpty }.joined(separator: " ")
        irVersion = model.irVersion
        opsets = Dictionary(
            model.opsetImports.map { ($0.key.isEmpty ? "ai.onnx" : $0.key, $0.value) }, uniquingKeysWith: { $1 })
        inputs = graph.requiredInputs.map(Value.init)
        outputs = graph.outputs.map(Value.init)
        operators = graph.allNodes.reduce(into: [:]) { $0[$1.operatorType, default: 0] += 1 }
        parameterCount = constants.reduce(0) { $0 + $1.count }
        parameterBytes = constants.reduce(0) { $0 + $1.byteCount }
        floatingPointOperations = ShapeEstimate(graph).floatingPointOperations
        metadata = model.metadata
    }
}

extension GraphSummary.Value {
    init(_ info: ValueInfo) {
        name = info.name
        shape = info.shape?.map(\.description)
        type =
            switch info.type {
            case .tensor(let element, _): "\(element)"
            case .sequence: "sequence"
            case .optional: "optional"
            case .other(let name): name
            }
    }
}

extension Graph {
    /// The nodes of the graph and of the graphs inside it.
    var allNodes: [Node] { nodes.flatMap { [$0] + $0.subgraphs.flatMap(\.allNodes) } }

    /// Initializers and the tensors of `Constant` nodes, subgraphs included.
    var allConstants: [NDArray] {
        let inNodes = nodes.flatMap { node in
            [node.constantValue].compactMap { $0 } + node.subgraphs.flatMap(\.allConstants)
        }
        return initializers.values + inNodes
    }
}

extension Node {
    /// The tensor of a `Constant` node.
    var constantValue: NDArray? {
        if operatorType == "Constant", case .tensor(let value) = attributes["value"] { value } else { nil }
    }
}
