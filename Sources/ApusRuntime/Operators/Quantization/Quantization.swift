import ApusCore
import ApusONNX
import CApusKernels

/// `round(x / scale) + zero point`, clamped to the type; halves are rounded to even. Scales are for the whole array, for
/// each place along an axis, or for blocks along it. <https://onnx.ai/onnx/operators/onnx__QuantizeLinear.html>
struct Quantization: Operator {
    static let type = OperatorType("QuantizeLinear", since: 10)
    static let widensHalves = false
    private let axis, blockSize: Int
    private let saturates: Bool
    private let outputType: DataType?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...3)
        axis = try node.int("axis", default: 1)
        blockSize = try Self.blockSize(node)
        saturates = try node.flag("saturate", default: true)
        let code = try node.int("output_dtype", default: 0)
        outputType = ElementType(rawValue: code)?.dataType
        guard code == 0 || outputType.map({ $0.quantizedRange != nil || $0.isFloat8 }) ?? false else {
            throw .attributeValue(
                "output_dtype", expected: "an integer of 4, 8 or 16 bits or a float of 8", found: "\(code)",
                node: node.label)
        }
    }

    static func blockSize(_ node: Node) throws(GraphError) -> Int {
        let size = try node.int("block_size", default: 0)
        guard (0...1 << 24).contains(size) else {
            throw .attributeValue("block_size", expected: "0 to \(1 << 24)", found: "\(size)", node: node.label)
        }
        return size
    }

    func isReplayable(constants: [Bool]) -> Bool { constants.areConstant(from: 1) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0), scale = try inputs.required(1), zero = inputs.optional(2)
        let target = zero?.dataType ?? outputType ?? .uint8
        try expect(outputType == nil || outputType == target, "a zero point of output_dtype", found: "\(target)")
        try expect(zero.map { $0.count == scale.count } ?? true, "a zero point a scale", found: "another count")
        if target.isByte, x.dataType == .float32, scale.dataType == .float32, scale.count == 1, scale.rank < 2 {
            let number = try zero?.integers(context).first ?? 0
            return [
                try context.quantize(
                    x, to: target, ByteScale(scale: scale.floats[0], zero: Int32(number), type: target))
            ]
        }
        context.recording?.refuse()
        let grid = try QuantizationGrid(x.shape, scale: scale.shape, axis: axis, blockSize: blockSize)
        let ratios = try ratios(x, scale, grid, context)
        if let format = Float8Format(target) {
            let y = try context.make(x.shape, target)
            for (index, ratio) in ratios.enumerated() {
                y.bytes[index] = format.encode(Float(ratio), saturates: saturates)
            }
            return [y]
        }
        return [try round(ratios, x.shape, to: target, zero, grid, context)]
    }

    /// Each element by its scale: of floats as floats, of integers exactly enough.
    private func ratios(
        _ x: Value, _ scale: Value, _ grid: QuantizationGrid, _ context: ExecutionContext
    ) throws(OperatorError) -> [Double] {
        let scales = try scale.doubles(context)
        guard x.dataType.isFloatingPoint else {
            return try x.integers(context).enumerated().map { Double($1) / scales[grid.index($0)] }
        }
        return try x.doubles(context).enumerated().map { Double(Float($1) / Float(scales[grid.index($0)])) }
    }

    private func round(
        _ ratios: [Double], _ shape: Shape, to target: DataType, _ zero: Value?, _ grid: QuantizationGrid,
        _ context: ExecutionContext
    ) throws(OperatorError) -> Value {
        guard let range = target.quantizedRange else {
            throw .mismatch(expected: "integers of 4, 8 or 16 bits or floats of 8", found: "\(target)")
        }
        let zeros = try zero?.quantizedIntegers(context)
        let integers = ratios.enumerated().map { index, ratio in
            let offset = Double(zeros?[grid.index(index)] ?? 0)
            let rounded = ratio.rounded(.toNearestOrEven) + offset
            return rounded.isNaN
                ? range.lowerBound
                : Int64(min(max(rounded, Double(range.lowerBound)), Double(range.upperBound)))
        }
        return try context.make(shape, quantized: target, integers)
    }
}
