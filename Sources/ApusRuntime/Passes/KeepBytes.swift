import ApusCore
import ApusONNX

/// With nodes that only move or compare elements working on 8-bit integers, where they stand between
/// `DequantizeLinear` and `QuantizeLinear`.
func keepingBytes(_ graph: Graph) -> Graph {
    var result = graph
    let values = QuantizedValues(graph)
    var removed = Set<Int>()
    for (index, node) in graph.nodes.enumerated() {
        guard let kept = moved(node, values) ?? joined(node, values) else { continue }
        result.nodes[index] = kept.node
        removed.formUnion(kept.targets)
    }
    return result.removing(removed)
}

/// A node on integers, and the quantizations that it makes needless.
private typealias Kept = (node: Node, targets: [Int])

/// Nodes whose outputs have the elements of their first input, and so its scale.
private let movingTypes: Set<String> = [
    "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Slice", "Split", "MaxPool", "Resize", "Identity",
]

private func moved(_ node: Node, _ values: QuantizedValues) -> Kept? {
    guard node.domain.isEmpty, movingTypes.contains(node.operatorType), let input = values.source(of: node.input(0)),
        let moved = onBytes(node)
    else { return nil }
    var kept = moved
    kept.inputs[0] = input.name
    var targets: [Int] = []
    for (place, output) in node.outputs.enumerated() {
        guard let target = values.target(of: output), target.scale == input.scale else { return nil }
        targets.append(target.node)
        kept.outputs[place] = values.graph.nodes[target.node].outputs[0]
    }
    return (kept, targets)
}

/// The form of a node that takes integers; `nil` where there is none.
private func onBytes(_ node: Node) -> Node? {
    var result = node
    switch node.operatorType {
    case "MaxPool":
        guard node.outputs.count == 1, (try? node.optionalInts("kernel_shape"))??.count == 2 else { return nil }
        (result.operatorType, result.domain) = ("ByteMaxPool", fusedDomain)
    case "Resize":
        guard node.inputs.count == 3, (try? node.string("mode", default: "nearest")) == "nearest" else { return nil }
        (result.operatorType, result.domain) = ("ByteResize", fusedDomain)
    default: break
    }
    return result
}

/// A concatenation of integers, each of its own scale.
private func joined(_ node: Node, _ values: QuantizedValues) -> Kept? {
    guard node.isStandard("Concat"), let output = node.outputs.first, let target = values.target(of: output) else {
        return nil
    }
    var kept = node
    (kept.operatorType, kept.domain) = ("ByteConcat", fusedDomain)
    var scales: [ByteScale] = []
    for (place, name) in node.inputs.enumerated() {
        guard let source = values.source(of: name) else { return nil }
        kept.inputs[place] = source.name
        scales.append(source.scale)
    }
    kept.outputs = values.graph.nodes[target.node].outputs
    kept.attributes.set(target.scale, "output")
    kept.attributes["input_scales"] = .floats(scales.map(\.scale))
    kept.attributes["input_zeros"] = .ints(scales.map { Int($0.zero) })
    kept.attributes["input_signed"] = .ints(scales.map { $0.type == .int8 ? 1 : 0 })
    return (kept, [target.node])
}
