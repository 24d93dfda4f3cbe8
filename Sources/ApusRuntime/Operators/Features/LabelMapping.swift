import ApusCore
import ApusONNX

/// Another value for each element, from a table. <https://onnx.ai/onnx/operators/onnx_aionnxml_LabelEncoder.html>
struct LabelMapping: GeneralOperator {
    static let type = OperatorType("LabelEncoder", domain: machineLearningDomain, since: 2)
    private let table: LabelTable

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        let keys = try LabelList(node, "keys"), values = try LabelList(node, "values")
        let fallback = try LabelList(defaultOf: node, like: values)
        guard keys.count == values.count else {
            throw .attributeValue(
                "values", expected: "\(keys.count) values", found: "\(values.count)", node: node.label)
        }
        table = try LabelTable(keys, values, fallback: fallback, node)
    }

    func run(_ inputs: [AnyValue?], _ context: ExecutionContext) throws(OperatorError) -> [AnyValue] {
        [try table.map(try inputs.required(0), context)]
    }
}
