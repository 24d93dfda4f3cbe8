import ApusCore
import ApusONNX
import CApusKernels

/// With the activation that alone follows a convolution computed as the convolution stores its sums.
func fusingActivations(_ graph: Graph, opsets: [String: Int], _ context: ExecutionContext) -> Graph {
    var result = graph
    let uses = GraphUses(graph)
    var fused = Set<Int>()
    for (index, node) in graph.nodes.enumerated() {
        guard let input = node.input(0), let producer = uses.producer(of: input), uses.hasOneReader(input),
            canTakeActivation(graph.nodes[producer]), node.outputs.count == 1,
            let function = fusableFunction(of: node, graph, opsets, context)
        else { continue }
        var convolution = result.nodes[producer]
        convolution.domain = fusedDomain
        convolution.outputs = node.outputs
        convolution.attributes["activation"] = .int(Int(function.function.rawValue))
        convolution.attributes["activation_parameters"] = .floats([function.a, function.b])
        result.nodes[producer] = convolution
        fused.insert(index)
    }
    return result.removing(fused)
}

/// A convolution without activation, or one whose residual is added before any.
private func canTakeActivation(_ node: Node) -> Bool {
    guard node.isConvolution, node.attributes["activation"] == nil else { return false }
    return node.input(3) == nil || node.attributes["residual"] == "before"
}

/// The function of an elementwise node, where the convolution kernels know it.
private func fusableFunction(
    of node: Node, _ graph: Graph, _ opsets: [String: Int], _ context: ExecutionContext
) -> apus_activation? {
    guard var run = try? OperatorRegistry.makeOperator(for: node, opsets: opsets) as? any ElementwiseFunction else {
        return nil
    }
    do throws(OperatorError) { try run.prepare(node.inputs.map { graph.initializers[$0] }, context) } catch {
        return nil
    }
    guard let function = run.function, function.function.rawValue <= APUS_HARD_SWISH.rawValue else { return nil }
    return function
}
