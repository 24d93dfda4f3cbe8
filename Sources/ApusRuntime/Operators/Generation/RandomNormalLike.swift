import ApusCore
import ApusONNX

/// Normally distributed numbers in the input's shape, the same in every run.
/// <https://onnx.ai/onnx/operators/onnx__RandomNormalLike.html>
struct RandomNormalLike: Operator {
    static let type = OperatorType("RandomNormalLike")
    private let dataType: DataType?
    private let mean, deviation: Double
    private let source: RandomSource

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        dataType = try node.numberType("dtype")
        mean = Double(try node.float("mean", default: 0))
        deviation = Double(try node.float("scale", default: 1))
        source = try RandomSource(node)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0), shape = x.shape
        let result = try context.make(shape, dataType ?? x.dataType)
        try result.fill(source.normal(count: try source.check(shape), mean: mean, deviation: deviation))
        return [result]
    }
}
