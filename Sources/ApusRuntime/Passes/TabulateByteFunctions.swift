import ApusCore
import ApusONNX
import CApusKernels

/// With a table in place of each function of one number that stands between `DequantizeLinear` and `QuantizeLinear` of
/// 8-bit integers: it has 256 values.
func tabulatingByteFunctions(_ graph: Graph, opsets: [String: Int], _ context: ExecutionContext) -> Graph {
    var result = graph
    let values = QuantizedValues(graph)
    var removed = Set<Int>()
    for (index, node) in graph.nodes.enumerated() {
        guard let input = values.source(of: node.input(0)), let output = node.outputs.first, node.outputs.count == 1,
            let target = values.target(of: output), let function = function(of: node, graph, opsets, context)
        else { continue }
        let name = output + ".table"
        result.initializers[name] = table(function, from: input.scale, to: target.scale, context)
        result.nodes[target.node] = Node(
            "ByteFunction", name: node.name, domain: fusedDomain, inputs: [input.name, name],
            outputs: graph.nodes[target.node].outputs)
        removed.insert(index)
    }
    return result.removing(removed)
}

private func function(
    of node: Node, _ graph: Graph, _ opsets: [String: Int], _ context: ExecutionContext
) -> apus_activation? {
    guard var run = try? OperatorRegistry.makeOperator(for: node, opsets: opsets) as? any ElementwiseFunction else {
        return nil
    }
    do throws(OperatorError) { try run.prepare(node.inputs.map { graph.initializers[$0] }, context) } catch {
        return nil
    }
    return run.function
}

private func table(
    _ function: apus_activation, from input: ByteScale, to output: ByteScale, _ context: ExecutionContext
) -> NDArray {
    var numbers = (0...UInt8.max).map { input.number($0) }
    let count = numbers.count
    numbers.withUnsafeMutableBufferPointer { numbers in
        guard let base = numbers.baseAddress else { return }
        apus_unary(context.cpu, nil, function, base, count, base, count, 1, count)
    }
    let bytes = numbers.map { output.byte($0) }
    return output.type == .uint8 ? NDArray(bytes) : NDArray(bytes.map { Int8(bitPattern: $0) })
}
