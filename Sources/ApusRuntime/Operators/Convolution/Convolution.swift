import ApusCore
import ApusONNX
import CApusKernels

/// Convolution of images (or of lines: three dimensions), with groups, strides, dilations and padding.
/// <https://onnx.ai/onnx/operators/onnx__Conv.html>
struct Convolution: Operator {
    static let type = OperatorType("Conv")
    private let window: Window
    private let groups: Int
    let hasBias: Bool
    private var packed: PackedConvolution?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...3)
        window = try Window(node)
        groups = try node.count("group", default: 1)
        hasBias = node.input(2) != nil
    }

    mutating func prepare(_ constants: [NDArray?], _ context: ExecutionContext) throws(OperatorError) {
        guard constants.count > 1, let weights = constants[1] else { return }
        let bias = constants.count > 2 ? constants[2] : nil
        guard !hasBias || bias != nil else { return }
        packed = try PackedConvolution(Value(weights), bias: bias.map { Value($0) }, groups: groups, context)
    }

    var absorbedInputs: Range<Int> { packed == nil ? 0..<0 : 1..<3 }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        [try convolve(inputs, Finish(), context)]
    }

    /// What happens to a sum before it is stored.
    struct Finish: Sendable {
        var activation = apus_activation(APUS_IDENTITY)
        /// Of the output's shape, channels last.
        var residual: Value?
        var addsBeforeActivation = false
    }

    func convolve(_ inputs: [Value?], _ finish: Finish, _ context: ExecutionContext) throws(OperatorError) -> Value {
        let x = try inputs.required(0, .float32)
        guard x.rank == 3 else { return try convolveImage(x, inputs, finish, context) }
        let image = try context.rowMajor(x).reshaped(to: [x.shape[0], x.shape[1], 1, x.shape[2]])
        let y = try context.rowMajor(try convolveImage(image, inputs, finish, context))
        return y.reshaped(to: [y.shape[0], y.shape[1], y.shape[3]])
    }

    func weights(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> PackedConvolution {
        if let packed { return packed }
        return try PackedConvolution(
            try inputs.required(1), bias: inputs.optional(2), groups: groups, context)
    }

    private func convolveImage(
        _ image: Value, _ inputs: [Value?], _ finish: Finish, _ context: ExecutionContext
    ) throws(OperatorError) -> Value {
        let weights = try weights(inputs, context)
        let x = try context.channelsLast(image)
        try expect(
            x.shape[1] == weights.inChannels * groups, "\(weights.inChannels * groups) channels", found: "\(x.shape)")
        let placement = try window.place(on: x.shape, kernel: weights.kernel)
        let shape = Shape([x.shape[0], weights.outChannels, placement.rows.count, placement.columns.count])
        let y = try context.makeChannelsLast(shape)
        guard y.count > 0 else { return y }
        weights.convolve(x, into: y, placement, finish, context)
        return y
    }

    /// The shape that `inputs` give, for what must fit it.
    func outputShape(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> Shape? {
        guard let x = inputs.optional(0), x.rank == 4 else { return nil }
        let weights = try weights(inputs, context)
        let placement = try window.place(on: x.shape, kernel: weights.kernel)
        return Shape([x.shape[0], weights.outChannels, placement.rows.count, placement.columns.count])
    }
}
