import ApusCore
import ApusONNX

/// `start`, `start + delta`, … before `limit`. <https://onnx.ai/onnx/operators/onnx__Range.html>
struct NumberRange: Operator {
    static let type = OperatorType("Range", since: 11)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(3...3) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let start = try inputs.required(0)
        let bounds = try inputs.indices.map { index throws(OperatorError) in
            let value = try inputs.required(index, start.dataType)
            try expect(value.count == 1, "a number", found: "\(value.shape)")
            return value
        }
        if start.dataType.isFloatingPoint { return [try fractions(bounds, start.dataType, context)] }
        return [try integers(bounds, start.dataType, context)]
    }

    private func fractions(
        _ bounds: [Value], _ type: DataType, _ context: ExecutionContext
    ) throws(OperatorError) -> Value {
        let numbers = try bounds.map { bound throws(OperatorError) in try bound.doubles(context)[0] }
        let (first, limit, step) = (numbers[0], numbers[1], numbers[2])
        try expect(
            step != 0 && numbers.allSatisfy(\.isFinite), "finite numbers, a step other than 0", found: "\(numbers)")
        let count = max(0, ((limit - first) / step).rounded(.up))
        try expect(count <= 0x1p28, "a range of at most 2²⁸ fractions", found: "\(count)")
        let result = try context.make([Int(count)], type)
        try result.fill((0..<Int(count)).map { first + Double($0) * step })
        return result
    }

    private func integers(
        _ bounds: [Value], _ type: DataType, _ context: ExecutionContext
    ) throws(OperatorError) -> Value {
        let numbers = try bounds.map { bound throws(OperatorError) in try bound.integers(context)[0] }
        let (first, limit, step) = (numbers[0], numbers[1], numbers[2])
        try expect(step != 0, "a step other than 0", found: "0")
        let isAhead = step > 0 ? limit > first : limit < first
        let distance = UInt64(bitPattern: limit > first ? limit &- first : first &- limit)
        let count = isAhead ? (distance - 1) / step.magnitude + 1 : 0
        try expect(count <= 1 << 40, "a range that fits in memory", found: "\(count) numbers")
        let result = try context.make([Int(count)], type)
        try type.accept(Progression(start: bounds[0], step: bounds[2], result: result))
        return result
    }
}

private struct Progression: NumberVisitor {
    let start, step, result: Value

    func visit<Element: Number>(_ type: Element.Type) throws(OperatorError) {
        var number = start.pointer(type)[0]
        for index in 0..<result.count {
            result.pointer(type)[index] = number
            number = .sum(number, step.pointer(type)[0])
        }
    }
}
