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
        if start.dataType.isFloatingPoint {
            return [
                try fractions(
                    try bounds.map { bound throws(OperatorError) in try bound.doubles(context)[0] },
                    start.dataType, context)
            ]
        }
        return [
            try integers(
                try bounds.map { bound throws(OperatorError) in try bound.integers(context)[0] },
                start.dataType, context)
        ]
    }

    private func fractions(
        _ bounds: [Double], _ type: DataType, _ context: ExecutionContext
    ) throws(OperatorError) -> Value {
        try expect(
            bounds[2] != 0 && bounds.allSatisfy(\.isFinite), "finite numbers, a step other than 0", found: "\(bounds)")
        let count = max(0, ((bounds[1] - bounds[0]) / bounds[2]).rounded(.up))
        try expect(count <= 0x1p40, "a range that fits in memory", found: "\(count) numbers")
        let result = try context.make([Int(count)], type)
        try result.fill((0..<Int(count)).map { bounds[0] + Double($0) * bounds[2] })
        return result
    }

    private func integers(
        _ bounds: [Int64], _ type: DataType, _ context: ExecutionContext
    ) throws(OperatorError) -> Value {
        let (first, limit, step) = (bounds[0], bounds[1], bounds[2])
        try expect(step != 0, "a step other than 0", found: "0")
        let isAhead = step > 0 ? limit > first : limit < first
        let distance = limit > first ? UInt64(bitPattern: limit &- first) : UInt64(bitPattern: first &- limit)
        let count = isAhead ? (distance - 1) / step.magnitude + 1 : 0
        try expect(count <= 1 << 40, "a range that fits in memory", found: "\(count) numbers")
        let result = try context.make([Int(count)], type)
        try result.fill((0..<Int64(count)).map { first &+ $0 &* step })
        return result
    }
}
