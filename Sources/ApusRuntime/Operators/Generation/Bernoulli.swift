import ApusCore
import ApusONNX

/// Ones with the probabilities given, the same in every run. <https://onnx.ai/onnx/operators/onnx__Bernoulli.html>
struct Bernoulli: Operator {
    static let type = OperatorType("Bernoulli", since: 15)
    private let dataType: DataType?
    private let source: RandomSource

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        dataType = try node.numberType("dtype")
        source = try RandomSource(node)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0), type = dataType ?? x.dataType
        var stream = source.stream()
        let draws = try x.doubles(context).map { stream.unit() < $0 }
        if type.isFloatingPoint { return [try context.make(x.shape, type, doubles: draws.map { $0 ? 1 : 0 })] }
        return [try context.make(x.shape, type, integers: draws.map { $0 ? 1 : 0 })]
    }
}
