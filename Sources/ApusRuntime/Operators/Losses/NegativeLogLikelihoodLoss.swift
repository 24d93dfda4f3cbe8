import ApusCore
import ApusONNX

/// Minus the logarithm of the labeled class's probability.
/// <https://onnx.ai/onnx/operators/onnx__NegativeLogLikelihoodLoss.html>
///
/// - Inputs: log-probabilities `[N, C, D1, …]`, labels `[N, D1, …]`, perhaps weights `[C]`
struct NegativeLogLikelihoodLoss: Operator {
    static let type = OperatorType("NegativeLogLikelihoodLoss", since: 12)
    private let loss: ClassLoss

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...3)
        loss = try ClassLoss(node)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        [
            try loss(
                try inputs.required(0), labels: try inputs.required(1), weights: inputs.optional(2), context)
        ]
    }
}
