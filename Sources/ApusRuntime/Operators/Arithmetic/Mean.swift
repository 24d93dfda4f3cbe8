import ApusONNX

/// The mean of any number of arrays; shapes broadcast. <https://onnx.ai/onnx/operators/onnx__Mean.html>
struct Mean: Operator {
    static let type = OperatorType("Mean", since: 6)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(1...) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        var result = try inputs.required(0)
        for index in inputs.indices.dropFirst() {
            result = try context.combine(.add, result, try inputs.required(index))
        }
        let count = try context.make([], result.dataType, doubles: [Double(inputs.count)])
        return [try context.combine(.divide, result, count)]
    }
}
