import ApusCore
import ApusONNX

/// Where elements are not 0: one column of indices for each; a scalar counts as a line of one.
/// <https://onnx.ai/onnx/operators/onnx__NonZero.html>
struct NonZeroIndices: Operator {
    static let type = OperatorType("NonZero", since: 9)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(1...1) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let given = try context.rowMajor(try inputs.required(0))
        let x = given.rank == 0 ? given.reshaped(to: [1]) : given
        let search = NonZeroSearch(x: try context.widened(x).withBytesForBooleans)
        let found = try search.x.dataType.accept(search), strides = x.shape.strides
        let indices = (0..<x.rank).flatMap { axis in
            found.map { Int64($0 / strides[axis] % x.shape[axis]) }
        }
        return [try context.make([x.rank, found.count], .int64, integers: indices)]
    }
}

private struct NonZeroSearch: NumberVisitor {
    let x: Value

    func visit<Element: Number>(_ type: Element.Type) throws(OperatorError) -> [Int] {
        let elements = x.buffer(type)
        return elements.indices.filter { elements[$0] != .nought }
    }
}
