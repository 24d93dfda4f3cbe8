import ApusCore
import ApusONNX

/// `LabelEncoder` as first defined: the place of each text among the classes, or the class at each place.
/// <https://onnx.ai/onnx/operators/onnx_aionnxml_LabelEncoder.html>
struct ClassMapping: GeneralOperator {
    static let type = OperatorType("LabelEncoder", domain: machineLearningDomain)
    private let places: LabelTable
    private let classes: LabelTable

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        let names = LabelList(texts: try node.strings("classes_strings"))
        let numbers = LabelList(integers: Array(0..<Int64(names.count)))
        let place = LabelList(integers: [Int64(try node.int("default_int64", default: -1))])
        let name = LabelList(texts: [try node.string("default_string", default: "_Unused")])
        places = try LabelTable(names, numbers, fallback: place, node)
        classes = try LabelTable(numbers, names, fallback: name, node)
    }

    func run(_ inputs: [AnyValue?], _ context: ExecutionContext) throws(OperatorError) -> [AnyValue] {
        let x = try inputs.required(0)
        if case .strings = x { return [try places.map(x, context)] }
        return [try classes.map(x, context)]
    }
}
