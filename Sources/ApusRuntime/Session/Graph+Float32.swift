import ApusCore
import ApusONNX

/// Graphs of 16-bit floats are computed in `float32`: faster here, and no less exact.
extension Graph {
    /// The graph with `float32` in place of 16-bit floats, its inputs and outputs included; `nil` where there are none,
    /// or where results would show it (then `Executor` converts what each operator takes and gives).
    var inFloat32: Graph? {
        usesHalves && !showsTypes ? widened : nil
    }

    fileprivate var usesHalves: Bool {
        inputs.contains { $0.dataType?.isHalf ?? false } || initializers.values.contains(where: \.dataType.isHalf)
            || nodes.contains { node in
                node.attributes.contains { $1.namesHalf(as: $0) } || node.subgraphs.contains(where: \.usesHalves)
            }
    }

    /// Whether 16-bit floats are turned into texts, lie in sequences or come from nowhere known.
    private var showsTypes: Bool {
        (inputs + outputs).contains { !$0.type.isPlainTensor } || !sparseInitializers.isEmpty
            || nodes.contains(where: \.showsTypes)
    }

    fileprivate var widened: Graph {
        var graph = self
        graph.initializers = initializers.mapValues(\.widened)
        graph.inputs = inputs.map(\.widened)
        graph.outputs = outputs.map(\.widened)
        for index in graph.nodes.indices {
            graph.nodes[index].attributes = Dictionary(
                uniqueKeysWithValues: nodes[index].attributes.map { ($0, $1.widened(as: $0)) })
        }
        return graph
    }
}

extension Node {
    fileprivate var showsTypes: Bool {
        let isTextual = isStandard("Cast") && attributes["to"] == .int(ElementType.string.rawValue)
        let isSparse = attributes.values.contains { if case .sparseTensor = $0 { true } else { false } }
        return isTextual || isSparse
            || subgraphs.contains { !$0.sparseInitializers.isEmpty || $0.nodes.contains(where: \.showsTypes) }
    }
}

extension Attribute {
    /// Attributes that say in what type a node gives its result.
    private static let typeNames: Set<String> = ["dtype", "output_datatype", "output_dtype", "stash_type", "to"]

    /// Whether it says, or holds, 16-bit floats.
    fileprivate func namesHalf(as name: String) -> Bool {
        switch self {
        case .int(let code): Self.typeNames.contains(name) && ElementType(rawValue: code)?.dataType?.isHalf ?? false
        case .tensor(let array): array.dataType.isHalf
        default: false
        }
    }

    fileprivate func widened(as name: String) -> Attribute {
        switch self {
        case .int where namesHalf(as: name): .int(ElementType.float.rawValue)
        case .tensor(let array): .tensor(array.widened)
        case .graph(let graph): .graph(graph.widened)
        default: self
        }
    }
}

extension ValueInfo {
    fileprivate var widened: ValueInfo {
        dataType?.isHalf ?? false ? ValueInfo(name, type: .tensor(.float, shape: shape)) : self
    }
}

extension ValueType {
    fileprivate var isPlainTensor: Bool {
        if case .tensor = self { true } else { false }
    }
}
