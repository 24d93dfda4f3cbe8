import ApusCore
import ApusONNX

/// Runs a graph on each element of a sequence; further inputs go along, element by element or whole.
/// <https://onnx.ai/onnx/operators/onnx__SequenceMap.html>
struct SequenceMapping: BodiedOperator {
    static let type = OperatorType("SequenceMap", since: 17)
    private let label: String
    private let inputCount: Int
    private let outputCount: Int
    private var body: Body?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...)
        _ = try node.graph("body")
        (label, inputCount, outputCount) = (node.label, node.inputs.count, node.outputs.count)
    }

    mutating func adopt(_ bodies: [String: Body]) throws(GraphError) {
        body = bodies["body"]
        try body?.require(inputs: inputCount, outputs: outputCount ... .max, node: label)
    }

    func run(_ inputs: [AnyValue?], _ context: ExecutionContext) throws(OperatorError) -> [AnyValue] {
        guard let body else { throw .mismatch(expected: "a body", found: "none") }
        let count = try inputs.sequence(0).count
        var results = [[AnyValue]](repeating: [], count: body.outputCount)
        for index in 0..<count {
            var arguments: [AnyValue?] = []
            for input in inputs.prefix(inputCount) { arguments.append(try argument(input, at: index, of: count)) }
            for (output, value) in try body(arguments, within: inputs, context).enumerated() {
                try (results[output].first ?? value).requireElement(like: value)
                results[output].append(value)
            }
        }
        return results.map(AnyValue.sequence)
    }

    private func argument(_ input: AnyValue?, at index: Int, of count: Int) throws(OperatorError) -> AnyValue? {
        guard case .sequence(let elements)? = input else { return input }
        try expect(elements.count == count, "a sequence of \(count)", found: "one of \(elements.count)")
        return elements[index]
    }
}
