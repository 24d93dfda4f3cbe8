import ApusCore
import ApusONNX

/// An operator that takes or gives something else than tensors of numbers.
protocol GeneralOperator: Operator {
    /// The outputs; `inputs` has a `nil` for each optional input left out.
    func run(_ inputs: [AnyValue?], _ context: ExecutionContext) throws(OperatorError) -> [AnyValue]
}

extension GeneralOperator {
    /// For callers that have tensors only, such as constant folding.
    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        var results: [Value] = []
        for value in try run(inputs.map { $0.map(AnyValue.tensor) }, context) {
            guard case .tensor(let tensor) = value else { throw .mismatch(expected: "numbers", found: value.kind) }
            results.append(tensor)
        }
        return results
    }
}

/// An operator that runs graphs of its own: `If`, `Loop` and the like.
protocol BodiedOperator: GeneralOperator {
    /// Takes the graphs among the node's attributes, made ready to run, by the attributes' names.
    mutating func adopt(_ bodies: [String: Body]) throws(GraphError)
}

/// A graph that belongs to a node, made ready to run.
struct Body: Sendable {
    private let program: Program
    /// What the graph takes from around it stands here among the node's inputs.
    private let captures: Range<Int>
    /// The declared types of what it returns.
    let outputs: [ValueInfo]
    let inputCount: Int

    init(_ program: Program, captures: Range<Int>, inputCount: Int, outputs: [ValueInfo]) {
        (self.program, self.captures, self.inputCount, self.outputs) = (program, captures, inputCount, outputs)
    }

    var outputCount: Int { outputs.count }

    /// Runs the graph on `arguments`, one for each of its inputs; `inputs` are those of the node.
    func callAsFunction(
        _ arguments: [AnyValue?], within inputs: [AnyValue?], _ context: ExecutionContext
    ) throws(OperatorError) -> [AnyValue] {
        try context.workspace.countStep()
        try expect(arguments.count == inputCount, "\(inputCount) arguments of the body", found: "\(arguments.count)")
        try expect(captures.upperBound <= inputs.count, "\(captures.count) values from outside", found: "fewer")
        do throws(RuntimeError) {
            return try program.run(arguments + inputs[captures], context)
        } catch {
            throw .nested(error)
        }
    }
}
