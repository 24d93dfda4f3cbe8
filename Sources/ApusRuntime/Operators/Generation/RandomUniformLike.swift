import ApusCore
import ApusONNX

/// Numbers spread evenly between two bounds in the input's shape, the same in every run.
/// <https://onnx.ai/onnx/operators/onnx__RandomUniformLike.html>
struct RandomUniformLike: Operator {
    static let type = OperatorType("RandomUniformLike")
    private let dataType: DataType?
    private let low, high: Double
    private let source: RandomSource

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        dataType = try node.numberType("dtype")
        low = Double(try node.float("low", default: 0))
        high = Double(try node.float("high", default: 1))
        source = try RandomSource(node)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0), shape = x.shape
        let result = try context.make(shape, dataType ?? x.dataType)
        try result.fill(source.uniform(count: try source.check(shape), from: low, to: high))
        return [result]
    }
}
