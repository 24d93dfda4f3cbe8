import ApusCore
import ApusONNX
import Glibc

/// The remainder: with the divisor's sign, or, where `fmod` is set, with the dividend's.
/// <https://onnx.ai/onnx/operators/onnx__Mod.html>
struct Modulo: Operator {
    static let type = OperatorType("Mod", since: 10)
    private let operation: BinaryOperation

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...2)
        operation = try node.flag("fmod", default: false) ? .truncatedRemainder : .flooredRemainder
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        [try context.combine(operation, try inputs.required(0), try inputs.required(1))]
    }
}
