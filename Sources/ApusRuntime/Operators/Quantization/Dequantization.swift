import ApusCore
import ApusONNX

/// `(x − zero point) · scale`, in the type of the scale. <https://onnx.ai/onnx/operators/onnx__DequantizeLinear.html>
struct Dequantization: Operator {
    static let type = OperatorType("DequantizeLinear", since: 10)
    static let widensHalves = false
    private let axis, blockSize: Int

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...3)
        axis = try node.int("axis", default: 1)
        blockSize = try Quantization.blockSize(node)
    }

    func isReplayable(constants: [Bool]) -> Bool { constants.areConstant(from: 1) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0), scale = try inputs.required(1), zero = inputs.optional(2)
        try expect(zero.map { $0.count == scale.count } ?? true, "a zero point a scale", found: "another count")
        try expect(zero.map { $0.dataType == x.dataType } ?? true, "a zero point of \(x.dataType)", found: "another")
        if x.dataType.isByte, scale.dataType == .float32, scale.count == 1, scale.rank < 2 {
            let number = try zero?.integers(context).first ?? 0
            return [
                try context.dequantize(
                    x, ByteScale(scale: scale.floats[0], zero: Int32(number), type: x.dataType))
            ]
        }
        context.recording?.refuse()
        let grid = try QuantizationGrid(x.shape, scale: scale.shape, axis: axis, blockSize: blockSize)
        let scales = try scale.doubles(context), numbers = try numbers(x, zero, grid, context)
        let products = numbers.enumerated().map { Double(Float($1) * Float(scales[grid.index($0)])) }
        return [try context.make(x.shape, scale.dataType, doubles: products)]
    }

    private func numbers(
        _ x: Value, _ zero: Value?, _ grid: QuantizationGrid, _ context: ExecutionContext
    ) throws(OperatorError) -> [Double] {
        if let format = Float8Format(x.dataType) {
            let codes = try context.rowMajor(x).bytes
            return (0..<x.count).map { Double(format.decode(codes[$0])) }
        }
        try expect(
            x.dataType.quantizedRange != nil || x.dataType == .int32, "integers or floats of 8 bits",
            found: "\(x.dataType)")
        let integers = try x.quantizedIntegers(context)
        guard let zeros = try zero?.quantizedIntegers(context) else { return integers.map(Double.init) }
        return integers.enumerated().map { Double($1 - zeros[grid.index($0)]) }
    }
}
