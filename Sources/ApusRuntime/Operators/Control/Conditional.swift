import ApusCore
import ApusONNX

/// What one of two graphs makes. <https://onnx.ai/onnx/operators/onnx__If.html>
struct Conditional: BodiedOperator {
    static let type = OperatorType("If")
    private let label: String
    private let outputCount: Int
    private var branches: [Body] = []

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        _ = try (node.graph("then_branch"), node.graph("else_branch"))
        (label, outputCount) = (node.label, node.outputs.count)
    }

    mutating func adopt(_ bodies: [String: Body]) throws(GraphError) {
        branches = [bodies["else_branch"], bodies["then_branch"]].compactMap { $0 }
        for branch in branches {
            try branch.require(inputs: 0, outputs: outputCount...outputCount, node: label)
        }
    }

    func run(_ inputs: [AnyValue?], _ context: ExecutionContext) throws(OperatorError) -> [AnyValue] {
        let condition = try inputs.tensor(0).flag(context)
        try expect(branches.count == 2, "two branches", found: "\(branches.count)")
        return try branches[condition ? 1 : 0]([], within: inputs, context)
    }
}

extension Body {
    /// Refuses a body that takes or gives another number of values than its node needs.
    func require(inputs: Int, outputs: ClosedRange<Int>, node: String) throws(GraphError) {
        guard inputCount == inputs else {
            throw .inputCount(inputCount, expected: inputs...inputs, node: "the body of \(node)")
        }
        guard outputs.contains(outputCount) else {
            throw .outputCount(outputCount, expected: outputs, node: "the body of \(node)")
        }
    }
}

extension Value {
    /// The one truth value that the tensor holds.
    func flag(_ context: ExecutionContext) throws(OperatorError) -> Bool {
        try expect(dataType == .bool && count == 1, "one truth value", found: "\(dataType) \(shape)")
        return try integers(context)[0] != 0
    }

    /// The one integer that the tensor holds.
    func integer(_ context: ExecutionContext) throws(OperatorError) -> Int {
        try expect(count == 1, "one integer", found: "\(shape)")
        return try indices(context)[0]
    }
}
