import ApusCore
import ApusONNX

/// Whether an element is infinite, of the signs asked for. <https://onnx.ai/onnx/operators/onnx__IsInf.html>
struct IsInfinite: Operator {
    static let type = OperatorType("IsInf", since: 10)
    private let findsNegative, findsPositive: Bool

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        findsNegative = try node.flag("detect_negative", default: true)
        findsPositive = try node.flag("detect_positive", default: true)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0)
        let flags: [Int64] = try x.doubles(context).map { element in
            element == .infinity && findsPositive || element == -.infinity && findsNegative ? 1 : 0
        }
        return [try context.make(x.shape, .bool, integers: flags)]
    }
}
