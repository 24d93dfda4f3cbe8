import ApusCore
import ApusONNX
import CApusKernels

/// The gradient of a convolution, used to enlarge lines, images and volumes.
/// <https://onnx.ai/onnx/operators/onnx__ConvTranspose.html>
///
/// A matrix product gives each input pixel its `kernel · channels` contributions; folding adds them up.
struct TransposedConvolution: Operator {
    static let type = OperatorType("ConvTranspose")
    private let groups: Int
    private let window: TransposedWindow
    private let kernel: [Int]?
    private var packed: [PackedMatrix]?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...3)
        groups = try node.count("group", default: 1)
        kernel = try node.extents("kernel_shape", from: 1)
        window = try TransposedWindow(node)
    }

    mutating func prepare(_ constants: [NDArray?], _ context: ExecutionContext) throws(OperatorError) {
        guard constants.count > 1, let weights = constants[1] else { return }
        packed = try pack(Value(weights), context)
    }

    /// Weights `[in, out / groups, K1, …]` as one matrix a group: in × (K1 · … · out).
    private func pack(_ weights: Value, _ context: ExecutionContext) throws(OperatorError) -> [PackedMatrix] {
        try weights.require(.float32)
        try expect(weights.rank >= 3, "weights of at least 3 dimensions", found: "\(weights.shape)")
        let shape = weights.shape
        try expect(
            weights.count > 0 && shape[0] % groups == 0, "input channels that divide by \(groups) groups",
            found: "\(shape)")
        let moved = try context.transposed(weights, by: [0] + Array(2..<weights.rank) + [1])
        let rows = shape[0] / groups, columns = weights.count / shape[0]
        var matrices: [PackedMatrix] = []
        for group in 0..<groups {
            matrices.append(
                try PackedMatrix(
                    moved.floats + group * rows * columns, rows: rows, columns: columns, rowStride: columns,
                    columnStride: 1, bias: nil, context))
        }
        return matrices
    }

    func isReplayable(constants: [Bool]) -> Bool { packed != nil && constants.areConstant(from: 1) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0, .float32), weights = try inputs.required(1, .float32)
        let matrices = try packed.or(try pack(weights, context))
        try expect(
            x.rank == weights.rank && x.shape[1] == weights.shape[0],
            "\(weights.rank) dimensions and \(weights.shape[0]) channels", found: "\(x.shape)")
        let extents = Array(weights.shape.dimensions[2...])
        try expect(kernel ?? extents == extents, "the declared kernel \(kernel ?? [])", found: "\(extents)")
        let axes = try window.axes(on: x.shape.dimensions[2...], kernel: extents)
        let bias = try bias(inputs, weights.shape[1] * groups, context)
        switch x.rank {
        case 3:
            let image = try context.rowMajor(x).reshaped(to: [x.shape[0], x.shape[1], 1, x.shape[2]])
            let y = try context.rowMajor(try enlarge(image, [.single] + axes, matrices, bias, context))
            return [y.reshaped(to: [y.shape[0], y.shape[1], y.shape[3]])]
        case 4: return [try enlarge(x, axes, matrices, bias, context)]
        default:
            context.recording?.refuse()
            return [try enlargeVolume(x, axes, matrices, bias, context)]
        }
    }

    private func bias(
        _ inputs: [Value?], _ channels: Int, _ context: ExecutionContext
    ) throws(OperatorError) -> Value? {
        guard let bias = inputs.optional(2) else { return nil }
        try bias.require(.float32)
        try expect(bias.count == channels, "a bias of \(channels) elements", found: "\(bias.shape)")
        return try context.rowMajor(bias)
    }

    // MARK: Images

    private func enlarge(
        _ image: Value, _ axes: [WindowPlacement.Axis], _ matrices: [PackedMatrix], _ bias: Value?,
        _ context: ExecutionContext
    ) throws(OperatorError) -> Value {
        let x = try context.channelsLast(image)
        let channels = matrices[0].columns / (axes[0].kernel * axes[1].kernel)
        let y = try context.makeChannelsLast([x.shape[0], channels * groups, axes[0].extent, axes[1].extent])
        guard y.count > 0 else { return y }
        var call = WindowPlacement(rows: axes[0], columns: axes[1]).convolution(y, x)
        call.in_channels = channels
        let pixels = x.shape[0] * x.shape[2] * x.shape[3]
        let products = try context.makeTemporary([pixels, matrices[0].columns], .float32)
        for (group, matrix) in matrices.enumerated() {
            matrix.multiply(
                x.floats + group * matrix.rows, rows: pixels, stride: x.pixelStride, into: products.floats, context)
            let (given, offset, hasBias) = (UncheckedConvolution(call), group * channels, bias != nil)
            context.call([products.base, y.base] + (bias.map { [$0.base] } ?? [])) { operands, pool in
                var call = given.call
                apus_columns_to_image(
                    pool, &call, operands.floats(0), hasBias ? UnsafePointer(operands.floats(2) + offset) : nil,
                    operands.floats(1) + offset)
            }
        }
        return y
    }

    // MARK: Volumes

    private func enlargeVolume(
        _ value: Value, _ axes: [WindowPlacement.Axis], _ matrices: [PackedMatrix], _ bias: Value?,
        _ context: ExecutionContext
    ) throws(OperatorError) -> Value {
        let pixels = axes.reduce(1) { $0 * $1.count }, columns = matrices[0].columns
        let channels = columns / axes.reduce(1) { $0 * $1.kernel }
        let y = try context.make(Shape([value.shape[0], channels * groups] + axes.map(\.extent)))
        guard y.count > 0 else { return y }
        let x = try context.transposed(value, by: [0] + Array(2..<value.rank) + [1])
        let products = try context.makeTemporary([pixels, columns], .float32)
        let fold = ColumnFold(
            axes: axes, channels: channels, batchStride: 0, channelStride: 1, tapStride: channels,
            placeStride: columns)
        let plane = axes.reduce(1) { $0 * $1.extent }
        for image in 0..<value.shape[0] {
            for (group, matrix) in matrices.enumerated() {
                let target = y.floats + (image * groups + group) * channels * plane
                for channel in 0..<channels {
                    let start = bias.map { $0.floats[group * channels + channel] } ?? 0
                    (target + channel * plane).update(repeating: start, count: plane)
                }
                matrix.multiply(
                    x.floats + image * pixels * value.shape[1] + group * matrix.rows, rows: pixels,
                    stride: value.shape[1], into: products.floats, context)
                fold.add(products.floats, to: target, batch: 1, context)
            }
        }
        return y
    }
}

extension WindowPlacement.Axis {
    /// The one row of a line.
    fileprivate static let single = Self(extent: 1, count: 1, kernel: 1, stride: 1, dilation: 1, before: 0, after: 0)
}
