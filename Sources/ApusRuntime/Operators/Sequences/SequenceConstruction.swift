import ApusCore
import ApusONNX

/// A sequence of its inputs. <https://onnx.ai/onnx/operators/onnx__SequenceConstruct.html>
struct SequenceConstruction: GeneralOperator {
    static let type = OperatorType("SequenceConstruct", since: 11)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(1...) }

    func run(_ inputs: [AnyValue?], _ context: ExecutionContext) throws(OperatorError) -> [AnyValue] {
        var elements: [AnyValue] = []
        for index in inputs.indices { elements.append(try inputs.required(index)) }
        if let first = elements.first { for element in elements { try first.requireElement(like: element) } }
        return [.sequence(elements)]
    }
}

extension AnyValue {
    /// Refuses to put values of two kinds into one sequence, or what is no array.
    func requireElement(like other: AnyValue) throws(OperatorError) {
        switch (self, other) {
        case (.tensor(let a), .tensor(let b)):
            try expect(a.dataType == b.dataType, "elements of \(a.dataType)", found: "\(b.dataType)")
        case (.strings, .strings): break
        default: throw .mismatch(expected: "arrays of one type in a sequence", found: "\(kind) and \(other.kind)")
        }
    }
}
