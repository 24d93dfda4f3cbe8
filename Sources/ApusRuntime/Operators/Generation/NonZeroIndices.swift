import ApusCore
import ApusONNX

/// Where elements are not 0: one column of indices for each. <https://onnx.ai/onnx/operators/onnx__NonZero.html>
struct NonZeroIndices: Operator {
    static let type = OperatorType("NonZero", since: 9)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(1...1) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0)
        let found = try x.anyDoubles(context).enumerated().filter { $0.element != 0 }.map(\.offset)
        let strides = x.shape.strides
        let indices = (0..<x.rank).flatMap { axis in
            found.map { Int64($0 / strides[axis] % x.shape[axis]) }
        }
        return [try context.make([x.rank, found.count], .int64, integers: indices)]
    }
}
