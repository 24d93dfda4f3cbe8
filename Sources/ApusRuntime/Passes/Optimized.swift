import ApusONNX

/// What `graph`, of a model or inside a node, runs as: constants folded, what follows a convolution fused into it, dead
/// nodes gone.
///
/// Every pass is a pure function from graph to graph. What a pass does not understand it leaves alone.
func optimized(
    _ graph: Graph, opsets: [String: Int], _ context: ExecutionContext
) throws(RuntimeError) -> Graph {
    var graph = graph
    do throws(GraphError) { graph.nodes = try graph.sortedNodes() } catch { throw .graph(error) }
    graph = removingIdentities(graph)
    // Weights of 8 bits stay so until it is known who can use them.
    graph = foldingConstants(graph, opsets: opsets, except: ["DequantizeLinear"], context)
    graph = foldingBatchNormalization(graph)
    graph = fusingSiLU(graph)
    graph = fusingHardSwish(graph)
    graph = fusingActivations(graph, opsets: opsets, context)
    graph = fusingResiduals(graph)
    graph = fusingActivations(graph, opsets: opsets, context)
    graph = fusingQuantizedConvolutions(graph)
    graph = keepingBytes(graph)
    graph = tabulatingByteFunctions(graph, opsets: opsets, context)
    graph = foldingConstants(graph, opsets: opsets, context)
    graph = fusingExpansions(graph)
    return removingDeadNodes(graph)
}
