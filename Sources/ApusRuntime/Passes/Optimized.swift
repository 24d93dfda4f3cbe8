import ApusONNX

/// The graph that `model` runs as: constants folded, what follows a convolution fused into it, dead nodes gone.
///
/// Every pass is a pure function from graph to graph. What a pass does not understand it leaves alone.
func optimized(_ model: Model, _ context: ExecutionContext) throws(RuntimeError) -> Graph {
    var graph = model.graph
    do throws(GraphError) { graph.nodes = try graph.sortedNodes() } catch { throw .graph(error) }
    graph = removingIdentities(graph)
    graph = foldingConstants(graph, opsets: model.opsetImports, context)
    graph = foldingBatchNormalization(graph)
    graph = fusingSiLU(graph)
    graph = fusingHardSwish(graph)
    graph = fusingActivations(graph, opsets: model.opsetImports, context)
    graph = fusingResiduals(graph)
    graph = fusingActivations(graph, opsets: model.opsetImports, context)
    return removingDeadNodes(graph)
}
