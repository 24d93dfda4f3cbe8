import ApusCore
import ApusONNX

/// The same numbers in another type; fractions are cut off. <https://onnx.ai/onnx/operators/onnx__Cast.html>
struct Casting: GeneralOperator {
    static let type = OperatorType("Cast", since: 6)
    private let target: CastTarget

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        let code = try node.int("to")
        let saturates = try node.flag("saturate", default: true)
        guard let target = CastTarget(ElementType(rawValue: code), saturates: saturates) else {
            throw .attributeValue(
                "to", expected: "a type of numbers, truth values or strings", found: "\(code)", node: node.label)
        }
        self.target = target
    }

    func run(_ inputs: [AnyValue?], _ context: ExecutionContext) throws(OperatorError) -> [AnyValue] {
        [try context.cast(try inputs.required(0), to: target)]
    }
}

/// What a cast makes.
enum CastTarget: Sendable {
    /// Saturation concerns 8-bit floats alone.
    case numbers(DataType, saturates: Bool)
    case texts

    init?(_ type: ElementType?, saturates: Bool) {
        if type == .string {
            self = .texts
        } else if let dataType = type?.dataType {
            self = .numbers(dataType, saturates: saturates)
        } else {
            return nil
        }
    }
}

extension ExecutionContext {
    func cast(_ x: AnyValue, to target: CastTarget) throws(OperatorError) -> AnyValue {
        switch (x, target) {
        case (.strings, .texts): x
        case (.strings(let texts), .numbers(let type, _)): .tensor(try parse(texts, as: type))
        case (.tensor(let tensor), .texts): .strings(try write(tensor))
        case (.tensor(let tensor), .numbers(let type, let saturates)):
            .tensor(try cast(tensor, to: type, saturates: saturates))
        default: throw .mismatch(expected: "numbers or strings", found: x.kind)
        }
    }

    func cast(_ x: Value, to target: DataType, saturates: Bool = true) throws(OperatorError) -> Value {
        if x.dataType == target { return x }
        if x.dataType.isHalf, target == .float32 { return try widen(x) }
        if x.dataType == .float32, target.isHalf { return try narrow(x, to: target) }
        if target == .float32, x.dataType == .bool || !x.dataType.isFloatingPoint, !x.dataType.isFourBit {
            let source = try rowMajor(x), result = try make(x.shape)
            let type = x.dataType == .bool ? DataType.uint8 : x.dataType
            try type.accept(FloatCast(source: source.base, target: result.floats, count: x.count))
            return result
        }
        if target.isFloat8 {
            let result = try make(x.shape, target)
            try result.fillFloat8(try x.anyDoubles(self), saturates: saturates)
            return result
        }
        if target.isFloatingPoint { return try make(x.shape, target, doubles: try x.anyDoubles(self)) }
        guard x.dataType.isFloatingPoint else { return try make(x.shape, target, integers: try x.integers(self)) }
        let values = try x.doubles(self)
        if target == .bool { return try make(x.shape, .bool, integers: values.map { $0 == 0 ? 0 : 1 }) }
        let whole = target.isFourBit ? values.map { $0.rounded(.toNearestOrEven) } : values
        return try make(x.shape, target, integers: whole.map { Self.truncate($0, unsigned: target == .uint64) })
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

/// Integers as `float32`, the cast that prepares most pictures.
private struct FloatCast: NumberVisitor {
    let source: UnsafeMutableRawPointer
    let target: UnsafeMutablePointer<Float>
    let count: Int

    func visit<Element: Number>(_ type: Element.Type) throws(OperatorError) {
        let elements = source.assumingMemoryBound(to: type)
        for index in 0..<count { target[index] = Float(elements[index].wide) }
    }
}
