import ApusCore
import ApusONNX

/// Normally distributed numbers, the same in every run.
/// <https://onnx.ai/onnx/operators/onnx__RandomNormal.html>
struct RandomNormal: Operator {
    static let type = OperatorType("RandomNormal")
    private let dataType: DataType
    private let shape: Shape
    private let mean, deviation: Double
    private let source: RandomSource

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(0...0)
        dataType = try node.numberType("dtype") ?? .float32
        shape = Shape(try node.ints("shape"))
        mean = Double(try node.float("mean", default: 0))
        deviation = Double(try node.float("scale", default: 1))
        source = try RandomSource(node)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let result = try context.make(shape, dataType)
        try result.fill(source.normal(count: try source.check(shape), mean: mean, deviation: deviation))
        return [result]
    }
}
