import ApusCore
import ApusONNX

extension Graph {
    /// With every constant where the runtime looks for it: sparse ones are made dense, and `Constant` nodes of texts or
    /// sparse tensors become initializers.
    ///
    /// What sparse tensors become counts against the memory limit.
    func withPlainConstants(_ context: ExecutionContext) throws(GraphError) -> Graph {
        var graph = self
        for (name, array) in sparseInitializers { graph.initializers[name] = try array.dense(name, context) }
        graph.sparseInitializers = [:]
        graph.nodes = []
        for node in nodes where try !graph.takeConstant(node, context) { graph.nodes.append(node) }
        return graph
    }

    /// Whether `node` was a constant that no operator makes; then it is an initializer now.
    private mutating func takeConstant(_ node: Node, _ context: ExecutionContext) throws(GraphError) -> Bool {
        guard node.isStandard("Constant"), let name = node.outputs.first else { return false }
        if let array = node.attributes["sparse_value"], case .sparseTensor(let array) = array {
            initializers[name] = try array.dense(name, context)
        } else if let texts = node.constantTexts {
            stringInitializers[name] = texts
        } else {
            return false
        }
        return true
    }
}

extension Node {
    fileprivate var constantTexts: StringArray? {
        switch (attributes["value"], attributes["value_string"], attributes["value_strings"]) {
        case (.stringTensor(let texts)?, _, _): texts
        case (_, .string(let text)?, _): StringArray([text], shape: [])
        case (_, _, .strings(let texts)?): StringArray(texts)
        default: nil
        }
    }
}

extension SparseArray {
    fileprivate func dense(_ name: String, _ context: ExecutionContext) throws(GraphError) -> NDArray {
        let array = try dense(name: name, limit: context.workspace.room)
        guard context.workspace.keep(array.byteCount) else {
            throw .tensor(name, reason: "a sparse tensor of \(shape), for which there is no room when dense")
        }
        return array
    }
}
