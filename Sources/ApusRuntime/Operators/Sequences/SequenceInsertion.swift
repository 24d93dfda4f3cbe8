import ApusCore
import ApusONNX

/// A sequence with one more element, at its end or at a place.
/// <https://onnx.ai/onnx/operators/onnx__SequenceInsert.html>
struct SequenceInsertion: GeneralOperator {
    static let type = OperatorType("SequenceInsert", since: 11)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(2...3) }

    func run(_ inputs: [AnyValue?], _ context: ExecutionContext) throws(OperatorError) -> [AnyValue] {
        var elements = try inputs.sequence(0)
        let element = try inputs.required(1)
        try (elements.first ?? element).requireElement(like: element)
        let place = try inputs.place(2, count: elements.count, end: 1, context) ?? elements.count
        let byteCount = (elements.count + 1) * MemoryLayout<AnyValue>.stride
        let limit = context.workspace.limit
        guard byteCount <= limit else { throw .memory(bytes: byteCount, limit: limit) }
        elements.insert(element, at: place)
        return [.sequence(elements)]
    }
}

extension [AnyValue?] {
    /// The place among `count` elements that the input at `index` names, counted from the end where it is negative.
    ///
    /// - Parameter end: 1 where the place behind the last element counts too.
    func place(
        _ index: Int, count: Int, end: Int = 0, _ context: ExecutionContext
    ) throws(OperatorError) -> Int? {
        guard let number = try optionalTensor(index)?.integer(context) else { return nil }
        try expect(
            (-count..<count + end).contains(number), "a place among \(count) elements", found: "\(number)")
        return number < 0 ? number + count : number
    }
}
