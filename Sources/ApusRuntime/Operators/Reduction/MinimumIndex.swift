import ApusCore
import ApusONNX

/// Where along an axis the smallest element is: the first of equals, or the last.
/// <https://onnx.ai/onnx/operators/onnx__ArgMin.html>
struct MinimumIndex: Operator {
    static let type = OperatorType("ArgMin")
    private let search: IndexSearch

    init(_ node: Node, opset: Int) throws(GraphError) { search = try IndexSearch(node, seeksLargest: false) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        [try search.run(try inputs.required(0), context)]
    }
}
