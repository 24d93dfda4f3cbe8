import ApusONNX

/// Who makes and who reads each value of a graph.
struct GraphUses {
    private var producers: [String: Int] = [:]
    private var readers: [String: [Int]] = [:]
    private let outputs: Set<String>

    init(_ graph: Graph) {
        for (index, node) in graph.nodes.enumerated() {
            for output in node.outputs where !output.isEmpty { producers[output] = index }
            for input in node.reads { readers[input, default: []].append(index) }
        }
        outputs = Set(graph.outputs.map(\.name))
    }

    /// The node that makes `value`; `nil` for inputs and constants.
    func producer(of value: String) -> Int? { producers[value] }

    func readers(of value: String) -> [Int] { readers[value] ?? [] }

    /// Whether one node, once, is all that reads `value`.
    func hasOneReader(_ value: String) -> Bool { readers(of: value).count == 1 && !outputs.contains(value) }

    func isOutput(_ value: String) -> Bool { outputs.contains(value) }
}

extension Graph {
    /// The nodes but for those at `indices`.
    func removing(_ indices: Set<Int>) -> Graph {
        var graph = self
        graph.nodes = nodes.enumerated().filter { !indices.contains($0.offset) }.map(\.element)
        return graph
    }

    /// The one float that a constant holds.
    func scalar(_ name: String?) -> Float? {
        guard let name, let array = initializers[name], array.count == 1, array.dataType == .float32 else { return nil }
        return array.withElements(of: Float.self) { $0[0] }
    }
}

extension Node {
    /// Whether this is the standard operator `type`.
    func isStandard(_ type: String) -> Bool { operatorType == type && (domain.isEmpty || domain == "ai.onnx") }

    /// Whether this is a convolution, plain or fused.
    var isConvolution: Bool { isStandard("Conv") || isFusedConvolution }

    var isFusedConvolution: Bool { operatorType == "Conv" && domain == fusedDomain }
}
