import ApusCore
import ApusONNX
import CApusKernels

/// What the convolutions of 8-bit integers have in common: where windows lie, and how weights are packed.
struct ByteConvolution: Sendable {
    private let window: Window
    private let groups: Int

    init(_ node: Node) throws(GraphError) {
        window = try Window(node)
        groups = try node.count("group", default: 1)
    }

    /// - Parameter zero: of all weights, or of each output channel.
    func pack(
        _ weights: Value, zero: Value?, _ context: ExecutionContext
    ) throws(OperatorError) -> PackedQuantizedConvolution {
        try expect(
            weights.rank == 3 || weights.rank == 4, "weights of 3 or 4 dimensions", found: "\(weights.shape)")
        let weights = try context.rowMajor(weights), shape = weights.shape
        let zeros = try zero.map { zero throws(OperatorError) in try context.byteZeros(zero) } ?? [0]
        let image = shape.rank == 4 ? shape : Shape([shape[0], shape[1], 1, shape[2]])
        let all = zeros.count == 1 ? Array(repeating: zeros[0], count: shape[0]) : zeros
        return try PackedQuantizedConvolution(
            weights.reshaped(to: image), zeros: all,
            groups: groups, isUnit: window.isUnit, context)
    }

    /// Convolves an image, or a line as an image of one row, of 8-bit integers.
    func convolve(
        _ value: Value, _ weights: PackedQuantizedConvolution, _ factors: QuantizedFactors,
        _ finish: apus_quantized_convolution, residual: Value? = nil, to type: DataType, _ context: ExecutionContext
    ) throws(OperatorError) -> Value {
        try expect(value.dataType.isByte, "8-bit integers", found: "\(value.dataType)")
        if value.rank == 3 {
            let image = try context.rowMajor(value).reshaped(to: [value.shape[0], value.shape[1], 1, value.shape[2]])
            let y = try context.rowMajor(try convolve(image, weights, factors, finish, to: type, context))
            try expect(y.shape[2] == 1, "a window over one dimension", found: "\(y.shape)")
            return y.reshaped(to: [y.shape[0], y.shape[1], y.shape[3]])
        }
        let x = try context.channelsLast(value)
        try expect(
            x.shape[1] == weights.inChannels * groups, "\(weights.inChannels * groups) channels", found: "\(x.shape)")
        let placement = try window.place(on: x.shape, kernel: weights.kernel)
        let shape = Shape([x.shape[0], weights.outChannels, placement.rows.count, placement.columns.count])
        let y = try context.makeImage(shape, type)
        guard y.count > 0 else { return y }
        var other: Value?
        if let residual {
            try expect(
                residual.shape == shape && residual.dataType == type, "a residual of \(type) \(shape)",
                found: "\(residual.dataType) \(residual.shape)")
            other = try context.channelsLast(residual)
        }
        try weights.convolve(x, into: y, placement, factors, finish, residual: other, context)
        return y
    }
}

extension ExecutionContext {
    /// The zero points in a value of 8-bit integers.
    func byteZeros(_ value: Value) throws(OperatorError) -> [Int64] {
        try expect(value.dataType.isByte, "zero points of 8-bit integers", found: "\(value.dataType)")
        return try value.integers(self)
    }

    /// The one zero point in a value of 8-bit integers.
    func byteZero(_ value: Value) throws(OperatorError) -> Int32 {
        let zeros = try byteZeros(value)
        try expect(zeros.count == 1, "one zero point", found: "\(value.shape)")
        return Int32(zeros[0])
    }

    /// The one float that a value holds.
    func floatScalar(_ value: Value) throws(OperatorError) -> Float {
        try expect(value.count == 1, "one number", found: "\(value.shape)")
        return Float(try value.doubles(self)[0])
    }
}
