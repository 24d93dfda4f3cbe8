import ApusCore
import ApusONNX
import CApusKernels

/// The gradient of a convolution, used to enlarge images. <https://onnx.ai/onnx/operators/onnx__ConvTranspose.html>
///
/// A matrix product gives each input pixel its `kernel · channels` contributions; folding adds them up.
struct TransposedConvolution: Operator {
    static let type = OperatorType("ConvTranspose")
    private let groups: Int
    private let strides, dilations, outputPadding: [Int]
    private let pads: [Int]
    private let outputShape: [Int]?
    private let automaticPadding: String
    private var packed: [PackedMatrix]?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...3)
        groups = try node.count("group", default: 1)
        strides = try node.extents("strides", from: 1) ?? [1, 1]
        dilations = try node.extents("dilations", from: 1) ?? [1, 1]
        outputPadding = try node.extents("output_padding", from: 0) ?? [0, 0]
        pads = try node.extents("pads", from: 0) ?? [0, 0, 0, 0]
        outputShape = try node.extents("output_shape", from: 1)
        automaticPadding = try node.string("auto_pad", default: "NOTSET")
        let lists = [strides, dilations, outputPadding, outputShape ?? [0, 0]]
        guard lists.allSatisfy({ $0.count == 2 }), pads.count == 4 else {
            throw .attributeValue(
                "strides", expected: "2 numbers an attribute, 4 pads", found: "others", node: node.label)
        }
    }

    mutating func prepare(_ constants: [NDArray?], _ context: ExecutionContext) throws(OperatorError) {
        guard constants.count > 1, let weights = constants[1] else { return }
        packed = try pack(Value(weights), context)
    }

    /// Weights `[in, out / groups, height, width]` as one matrix a group: in × (height · width · out).
    private func pack(_ weights: Value, _ context: ExecutionContext) throws(OperatorError) -> [PackedMatrix] {
        try weights.require(.float32)
        try expect(weights.rank == 4, "weights of 4 dimensions", found: "\(weights.shape)")
        try expect(
            weights.count > 0 && weights.shape[0] % groups == 0,
            "input channels that divide by \(groups) groups", found: "\(weights.shape)")
        let shape = weights.shape
        let moved = try context.makeTemporary([shape[0], shape[2], shape[3], shape[1]], .float32)
        let from = shape.strides
        context.copy(
            weights.base, [from[0], from[2], from[3], from[1]], to: moved.base, moved.strides,
            extents: moved.shape.dimensions, size: 4)
        let rows = shape[0] / groups, columns = shape[1] * shape[2] * shape[3]
        var result: [PackedMatrix] = []
        for group in 0..<groups {
            result.append(
                PackedMatrix(
                    moved.floats + group * rows * columns, rows: rows, columns: columns, rowStride: columns,
                    columnStride: 1, bias: nil, context))
        }
        return result
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try context.channelsLast(try inputs.required(0, .float32))
        let weights = try inputs.required(1, .float32)
        let matrices = try packed.or(try pack(weights, context))
        try expect(x.shape[1] == weights.shape[0], "\(weights.shape[0]) channels", found: "\(x.shape)")
        let rows = try axis(0, extent: x.shape[2], kernel: weights.shape[2])
        let columns = try axis(1, extent: x.shape[3], kernel: weights.shape[3])
        let channels = weights.shape[1]
        let y = try context.makeChannelsLast([x.shape[0], channels * groups, rows.extent, columns.extent])
        guard y.count > 0, x.count > 0 else { return [y] }
        let bias = try bias(inputs, channels * groups, context)
        // The convolution that this one reverses: from the large image y to x.
        var call = apus_convolution()
        call.batch = x.shape[0]
        (call.in_height, call.in_width, call.in_stride, call.in_channels) = (
            y.shape[2], y.shape[3], y.pixelStride, channels
        )
        (call.out_height, call.out_width) = (x.shape[2], x.shape[3])
        (call.kernel_height, call.kernel_width) = (weights.shape[2], weights.shape[3])
        (call.stride_y, call.stride_x) = (strides[0], strides[1])
        (call.dilation_y, call.dilation_x) = (dilations[0], dilations[1])
        (call.pad_top, call.pad_left) = (rows.before, columns.before)
        let pixels = x.shape[0] * x.shape[2] * x.shape[3]
        for (group, matrix) in matrices.enumerated() {
            let products = try context.makeTemporary([pixels, matrix.columns], .float32)
            matrix.multiply(
                x.floats + group * matrix.rows, rows: pixels, stride: x.pixelStride, into: products.floats, context)
            apus_columns_to_image(
                context.pool, &call, products.floats, bias.map { UnsafePointer($0.floats + group * channels) },
                y.floats + group * channels)
        }
        return [y]
    }

    private func bias(
        _ inputs: [Value?], _ channels: Int, _ context: ExecutionContext
    ) throws(OperatorError) -> Value? {
        guard let bias = inputs.optional(2) else { return nil }
        try bias.require(.float32)
        try expect(bias.count == channels, "a bias of \(channels) elements", found: "\(bias.shape)")
        return try context.rowMajor(bias)
    }

    /// The extent of the output along one axis, and how much is cut off before it.
    private func axis(_ index: Int, extent: Int, kernel: Int) throws(OperatorError) -> (extent: Int, before: Int) {
        let full = strides[index] * (extent - 1) + outputPadding[index] + (kernel - 1) * dilations[index] + 1
        guard automaticPadding == "NOTSET" || automaticPadding == "VALID", outputShape == nil else {
            let wanted = outputShape?[index] ?? extent * strides[index]
            let total = full - wanted
            try expect(total >= 0, "an output of at most \(full) pixels", found: "\(wanted)")
            return (wanted, automaticPadding == "SAME_UPPER" ? total / 2 : total - total / 2)
        }
        let result = full - pads[index] - pads[index + 2]
        try expect(result > 0, "padding smaller than the \(full) pixels of the output", found: "\(pads)")
        return (result, pads[index])
    }
}
