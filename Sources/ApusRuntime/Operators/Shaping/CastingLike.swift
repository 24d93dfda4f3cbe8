import ApusCore
import ApusONNX

/// The numbers of the first input in the type of the second. <https://onnx.ai/onnx/operators/onnx__CastLike.html>
struct CastingLike: GeneralOperator {
    static let type = OperatorType("CastLike", since: 15)
    private let saturates: Bool

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...2)
        saturates = try node.flag("saturate", default: true)
    }

    func run(_ inputs: [AnyValue?], _ context: ExecutionContext) throws(OperatorError) -> [AnyValue] {
        let target: CastTarget
        switch try inputs.required(1) {
        case .tensor(let like): target = .numbers(like.dataType, saturates: saturates)
        case .strings: target = .texts
        case let other: throw .mismatch(expected: "numbers or strings", found: other.kind)
        }
        return [try context.cast(try inputs.required(0), to: target)]
    }
}
