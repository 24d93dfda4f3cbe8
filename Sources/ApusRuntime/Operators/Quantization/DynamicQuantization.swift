import ApusCore
import ApusONNX

/// Integers of eight bits, with the scale and the zero point that the numbers at hand need: their range, 0 included, over
/// 255. <https://onnx.ai/onnx/operators/onnx__DynamicQuantizeLinear.html>
struct DynamicQuantization: Operator {
    static let type = OperatorType("DynamicQuantizeLinear", since: 11)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(1...1) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try context.rowMajor(try inputs.required(0, .float32))
        var (least, largest): (Float, Float) = (0, 0)
        for index in 0..<x.count {
            least = min(least, x.floats[index])
            largest = max(largest, x.floats[index])
        }
        let scale = least == largest ? 1 : (largest - least) / 255
        let ratio = (-least / scale).rounded(.toNearestOrEven)
        let zero = ratio.isNaN ? 0 : min(max(ratio, 0), 255)
        return [
            try context.quantize(x, to: .uint8, ByteScale(scale: scale, zero: Int32(zero), type: .uint8)),
            try context.make([], .float32, doubles: [Double(scale)]),
            try context.make([], .uint8, integers: [Int64(zero)]),
        ]
    }
}
