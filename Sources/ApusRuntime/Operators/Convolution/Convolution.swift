import ApusCore
import ApusONNX
import CApusKernels

/// Convolution of images, lines (three dimensions) or volumes (five and more), with groups, strides, dilations and
/// padding.
/// <https://onnx.ai/onnx/operators/onnx__Conv.html>
struct Convolution: Operator, ImageWriter {
    static let type = OperatorType("Conv")
    private let window: Window
    private let groups: Int
    let hasBias: Bool
    private var packed: PackedConvolution?
    private var packedVolume: VolumeConvolution?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...3)
        window = try Window(node)
        groups = try node.count("group", default: 1)
        hasBias = node.input(2) != nil
    }

    mutating func prepare(_ constants: [NDArray?], _ context: ExecutionContext) throws(OperatorError) {
        guard constants.count > 1, let weights = constants[1] else { return }
        let bias = constants.count > 2 ? constants[2] : nil
        guard !hasBias || bias != nil, weights.dataType == .float32 else { return }
        let inputs = [nil, Value(weights), bias.map { Value($0) }]
        if weights.shape.rank > 4 {
            packedVolume = try packVolume(inputs, context)
        } else {
            packed = try pack(inputs, context)
        }
    }

    var absorbedInputs: Range<Int> { packed == nil && packedVolume == nil ? 0..<0 : 1..<3 }

    func isReplayable(constants: [Bool]) -> Bool { packed != nil }

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
        let x = try inputs.required(0)
        if x.dataType == .float64 { return try convolveDirectly(x, inputs, finish, context) }
        try x.require(.float32)
        if x.rank > 4 {
            let weights = try packedVolume.or(try packVolume(inputs, context))
            return try weights.convolve(x, window, finish.activation, context)
        }
        guard x.rank == 3 else { return try convolveImage(x, inputs, finish, context) }
        let image = try context.rowMajor(x).reshaped(to: [x.shape[0], x.shape[1], 1, x.shape[2]])
        let y = try context.rowMajor(try convolveImage(image, inputs, finish, context))
        try expect(y.shape[2] == 1, "a window over one dimension", found: "\(y.shape)")
        return y.reshaped(to: [y.shape[0], y.shape[1], y.shape[3]])
    }

    func weights(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> PackedConvolution {
        try packed.or(try pack(inputs, context))
    }

    private func pack(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> PackedConvolution {
        let weights = try inputs.required(1)
        try expect(weights.count > 0, "weights", found: "\(weights.shape)")
        return try PackedConvolution(
            weights, bias: inputs.optional(2), groups: groups, isUnit: window.isUnit, context)
    }

    private func packVolume(
        _ inputs: [Value?], _ context: ExecutionContext
    ) throws(OperatorError) -> VolumeConvolution {
        let weights = try inputs.required(1)
        try expect(weights.count > 0 && weights.rank > 4, "weights of 5 or more dimensions", found: "\(weights.shape)")
        return try VolumeConvolution(
            weights, bias: inputs.optional(2), groups: groups, isUnit: window.isUnit, context)
    }

    private func convolveDirectly(
        _ x: Value, _ inputs: [Value?], _ finish: Finish, _ context: ExecutionContext
    ) throws(OperatorError) -> Value {
        let y = try DirectConvolution(window: window, groups: groups).convolve(x, inputs, context)
        return finish.activation.function == APUS_IDENTITY ? y : try context.apply(finish.activation, to: y)
    }

    private func convolveImage(
        _ image: Value, _ inputs: [Value?], _ finish: Finish, _ context: ExecutionContext
    ) throws(OperatorError) -> Value {
        let weights = try weights(inputs, context)
        try expect(image.rank == 4, "4 dimensions [N, C, H, W]", found: "\(image.shape)")
        let x = weights.readsPlanes ? try context.rowMajor(image) : try context.channelsLast(image)
        try expect(
            x.shape[1] == weights.inChannels * groups, "\(weights.inChannels * groups) channels", found: "\(x.shape)")
        let placement = try window.place(on: x.shape, kernel: weights.kernel)
        let shape = Shape([x.shape[0], weights.outChannels, placement.rows.count, placement.columns.count])
        let y = try context.makeImage(shape)
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

    /// The one kernel call that this convolution of an image of `shape` is, but for where it reads and writes, and the
    /// shape of its output; `nil` where the weights are not constant, or more calls are needed.
    func call(
        on shape: Shape, _ activation: apus_activation
    ) throws(OperatorError) -> (call: apus_convolution, shape: Shape)? {
        guard let packed, shape.rank == 4, shape[1] == packed.inChannels * groups else { return nil }
        let placement = try window.place(on: shape, kernel: packed.kernel)
        return packed.call(on: shape, placement, activation)
    }
}
