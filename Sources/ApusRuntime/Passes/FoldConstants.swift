import ApusCore
import ApusONNX

/// With a constant in place of every node whose inputs are all constants.
///
/// A node that cannot be computed now is left to fail, with its name, when the model runs.
///
/// - Parameter kept: types of nodes that stay.
func foldingConstants(
    _ graph: Graph, opsets: [String: Int], except kept: Set<String> = [], _ context: ExecutionContext
) -> Graph {
    let limit = min(context.workspace.limit, 256 << 20)
    let folding = ExecutionContext(threads: context.threads, cpu: context.cpu, workspace: Workspace(limit: limit))
    var result = graph
    var folded = Set<Int>()
    for (index, node) in graph.nodes.enumerated() where node.subgraphs.isEmpty && !kept.contains(node.operatorType) {
        let inputs = node.inputs.map { result.initializers[$0] }
        guard zip(inputs, node.inputs).allSatisfy({ $0 != nil || $1.isEmpty }) else { continue }
        guard let outputs = evaluate(node, inputs, opsets, folding, keptBy: context.workspace) else { continue }
        for (name, array) in zip(node.outputs, outputs) where !name.isEmpty { result.initializers[name] = array }
        folded.insert(index)
    }
    return result.removing(folded)
}

/// - Parameter keeper: says how much memory all that is folded may take.
private func evaluate(
    _ node: Node, _ inputs: [NDArray?], _ opsets: [String: Int], _ context: ExecutionContext, keptBy keeper: Workspace
) -> [NDArray]? {
    defer { context.workspace.finishRun() }
    guard var run = try? OperatorRegistry.makeOperator(for: node, opsets: opsets) else { return nil }
    if let constant = run as? Constant { return [constant.array] }
    do throws(OperatorError) {
        try run.prepare(inputs, context)
        let values = try run(inputs.map { $0.map { Value($0) } }, context)
        guard values.count >= node.outputs.count else { return nil }
        guard keeper.keep(values.reduce(0) { $0 + $1.count * $1.dataType.size }) else { return nil }
        return values.map { value in
            let copy = Value(NDArray(uninitialized: value.shape, dataType: value.dataType))
            context.copy(value, to: copy)
            return NDArray(copy)
        }
    } catch {
        return nil
    }
}
