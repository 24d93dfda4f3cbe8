import ApusCore
import ApusONNX

/// Each text of the first array followed by one of the second; shapes broadcast.
/// <https://onnx.ai/onnx/operators/onnx__StringConcat.html>
struct TextConcatenation: GeneralOperator {
    static let type = OperatorType("StringConcat", since: 20)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(2...2) }

    func run(_ inputs: [AnyValue?], _ context: ExecutionContext) throws(OperatorError) -> [AnyValue] {
        let a = try inputs.texts(0), b = try inputs.texts(1)
        guard let shape = a.shape.broadcast(with: b.shape) else {
            throw .mismatch(expected: "shapes that broadcast", found: "\(a.shape) and \(b.shape)")
        }
        let first = try context.places(of: a.shape, in: shape), second = try context.places(of: b.shape, in: shape)
        let length = zip(first, second).reduce(0) { $0 + a.elements[$1.0].utf8.count + b.elements[$1.1].utf8.count }
        let lease = try context.workspace.lease(length)
        let texts = zip(first, second).map { a.elements[$0] + b.elements[$1] }
        return withExtendedLifetime(lease) { [.strings(Texts(StringArray(texts, shape: shape), lease: lease))] }
    }
}

extension ExecutionContext {
    /// For each element of an array of `shape` to which one of `small` is stretched, where it comes from.
    func places(of small: Shape, in shape: Shape) throws(OperatorError) -> [Int] {
        let numbers = try make(small, .int64, integers: (0..<Int64(small.count)).map { $0 })
        return try expand(numbers, to: shape).integers(self).map { Int($0) }
    }
}
