import ApusCore
import ApusONNX

/// `start`, `start + delta`, … before `limit`. <https://onnx.ai/onnx/operators/onnx__Range.html>
struct NumberRange: Operator {
    static let type = OperatorType("Range", since: 11)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(3...3) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let start = try inputs.required(0), limit = try inputs.required(1), delta = try inputs.required(2)
        let bounds = try [start, limit, delta].map { value throws(OperatorError) in
            try value.require(start.dataType)
            try expect(value.count == 1, "a number", found: "\(value.shape)")
            return try value.anyDoubles(context)[0]
        }
        try expect(
            bounds[2] != 0 && bounds.allSatisfy(\.isFinite), "finite numbers, a step other than 0", found: "\(bounds)")
        let count = max(0, ((bounds[1] - bounds[0]) / bounds[2]).rounded(.up))
        try expect(count <= 0x1p40, "a range that fits in memory", found: "\(count) numbers")
        let result = try context.make([Int(count)], start.dataType)
        if start.dataType.isFloatingPoint {
            try result.fill((0..<Int(count)).map { bounds[0] + Double($0) * bounds[2] })
        } else {
            let first = try start.integers(context)[0], step = try delta.integers(context)[0]
            try result.fill((0..<Int64(count)).map { first &+ $0 &* step })
        }
        return [result]
    }
}
