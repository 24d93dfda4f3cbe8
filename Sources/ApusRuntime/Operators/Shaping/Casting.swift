import ApusCore
import ApusONNX

/// The same numbers in another type; fractions are cut off. <https://onnx.ai/onnx/operators/onnx__Cast.html>
struct Casting: Operator {
    static let type = OperatorType("Cast", since: 6)
    private let target: DataType

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        let code = try node.int("to")
        guard let type = ElementType(rawValue: code)?.dataType else {
            throw .attributeValue(
                "to", expected: "a type of numbers or truth values", found: "\(code)", node: node.label)
        }
        target = type
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        [try context.cast(try inputs.required(0), to: target)]
    }
}

extension ExecutionContext {
    func cast(_ x: Value, to target: DataType) throws(OperatorError) -> Value {
        if x.dataType == target { return x }
        if target.isFloatingPoint { return try make(x.shape, target, doubles: try x.anyDoubles(self)) }
        guard x.dataType.isFloatingPoint else { return try make(x.shape, target, integers: try x.integers(self)) }
        let values = try x.doubles(self)
        if target == .bool { return try make(x.shape, .bool, integers: values.map { $0 == 0 ? 0 : 1 }) }
        return try make(x.shape, target, integers: values.map { Self.truncate($0, unsigned: target == .uint64) })
    }

    /// What does not fit becomes the nearest that does, NaN becomes 0.
    private static func truncate(_ value: Double, unsigned: Bool) -> Int64 {
        guard !value.isNaN else { return 0 }
        if unsigned { return Int64(bitPattern: UInt64(clampingDouble: value)) }
        if value >= 0x1p63 { return .max }
        return value <= -0x1p63 ? .min : Int64(value)
    }
}

extension UInt64 {
    fileprivate init(clampingDouble value: Double) {
        self = value >= 0x1p64 ? .max : value <= -1 ? 0 : UInt64(value.rounded(.towardZero))
    }
}
