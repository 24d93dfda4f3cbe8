import ApusCore
import ApusONNX
import CApusKernels

/// The mean of each channel over all pixels. <https://onnx.ai/onnx/operators/onnx__GlobalAveragePool.html>
struct GlobalAveragePooling: Operator {
    static let type = OperatorType("GlobalAveragePool")

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(1...1) }

    func isReplayable(constants: [Bool]) -> Bool { true }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0)
        try expect(x.rank >= 3, "at least 3 dimensions", found: "\(x.shape)")
        try expect(x.dataType.isFloatingPoint, "floating-point numbers", found: "\(x.dataType)")
        guard x.rank == 4, x.count > 0, x.dataType == .float32 else {
            context.recording?.refuse()
            return [try context.reduce(x, Array(2..<x.rank), .mean, keeps: true)]
        }
        return [try context.globalAverage(x)]
    }
}

extension ExecutionContext {
    /// The mean of each channel of an image: `[N, C, H, W]` → `[N, C, 1, 1]`.
    func globalAverage(_ image: Value) throws(OperatorError) -> Value {
        let x = try channelsLast(image)
        let y = try makeChannelsLast([x.shape[0], x.shape[1], 1, 1])
        let (shape, stride) = (x.shape, x.pixelStride)
        call([x.base, y.base]) { [cpu] operands, pool in
            apus_global_average(
                cpu, pool, operands.floats(0), shape[0], shape[2] * shape[3], shape[1], stride, operands.floats(1))
        }
        return y
    }
}
