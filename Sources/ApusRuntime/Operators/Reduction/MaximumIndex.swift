import ApusCore
import ApusONNX

/// Where along an axis the largest element is: the first of equals, or the last.
/// <https://onnx.ai/onnx/operators/onnx__ArgMax.html>
struct MaximumIndex: Operator {
    static let type = OperatorType("ArgMax")
    private let search: IndexSearch

    init(_ node: Node, opset: Int) throws(GraphError) { search = try IndexSearch(node, seeksLargest: true) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        [try search.run(try inputs.required(0), context)]
    }
}
