import ApusCore
import ApusONNX

/// Numbers spread evenly between two bounds, the same in every run.
/// <https://onnx.ai/onnx/operators/onnx__RandomUniform.html>
struct RandomUniform: Operator {
    static let type = OperatorType("RandomUniform")
    private let dataType: DataType
    private let shape: Shape
    private let low, high: Double
    private let source: RandomSource

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(0...0)
        dataType = try node.numberType("dtype") ?? .float32
        shape = Shape(try node.ints("shape"))
        low = Double(try node.float("low", default: 0))
        high = Double(try node.float("high", default: 1))
        source = try RandomSource(node)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let result = try context.make(shape, dataType)
        try result.fill(source.uniform(count: try source.check(shape), from: low, to: high))
        return [result]
    }
}
