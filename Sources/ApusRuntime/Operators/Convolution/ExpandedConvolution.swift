import ApusCore
import ApusONNX
import CApusKernels

/// A pointwise convolution and the depthwise one that alone reads it, as in MobileNets: what lies between them is never
/// stored whole.
///
/// The pass `fuseExpansions` makes it. Inputs: the image, then weights and bias of each. Attributes: those of the two
/// nodes, the pointwise one's under `expansion.`.
struct ExpandedConvolution: Operator, ImageWriter {
    static let type = OperatorType("ExpandedConv", domain: fusedDomain)
    static let prefix = "expansion."
    private var pointwise, depthwise: FusedConvolution

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...5)
        var first = node, second = node
        // Either may have no bias.
        let inputs = (0..<5).map { node.input($0) ?? "" }
        first.inputs = Array(inputs.prefix(3))
        second.inputs = ["expanded"] + inputs.suffix(2)
        first.attributes = [:]
        for (name, attribute) in node.attributes where name.hasPrefix(Self.prefix) {
            first.attributes[String(name.dropFirst(Self.prefix.count))] = attribute
            second.attributes[name] = nil
        }
        pointwise = try FusedConvolution(first, opset: opset)
        depthwise = try FusedConvolution(second, opset: opset)
    }

    mutating func prepare(_ constants: [NDArray?], _ context: ExecutionContext) throws(OperatorError) {
        try pointwise.prepare(Array(constants.prefix(3)), context)
        try depthwise.prepare([nil] + constants.suffix(2), context)
    }

    func isReplayable(constants: [Bool]) -> Bool {
        pointwise.convolution.isReplayable(constants: constants)
            && depthwise.convolution.isReplayable(constants: constants)
    }

    var absorbedInputs: Range<Int> {
        pointwise.absorbedInputs.isEmpty || depthwise.absorbedInputs.isEmpty ? 0..<0 : 1..<5
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let first = Array(inputs.prefix(3)), second = Array(inputs.suffix(2))
        if let y = try expand(try inputs.required(0), context) { return [y] }
        // Only the second result goes where the program wants this operator's.
        var free = context
        free.destination = nil
        return try depthwise(try pointwise(first, free) + second, context)
    }

    /// `nil` where the kernels cannot do the two at once.
    private func expand(_ image: Value, _ context: ExecutionContext) throws(OperatorError) -> Value? {
        guard image.rank == 4, image.dataType == .float32,
            let expansion = try pointwise.convolution.call(on: image.shape, pointwise.activation),
            let filtering = try depthwise.convolution.call(on: expansion.shape, depthwise.activation),
            filtering.shape.count > 0
        else { return nil }
        var first = expansion.call, second = filtering.call
        let x = try context.channelsLast(image), y = try context.makeImage(filtering.shape)
        (first.in_stride, second.out_stride) = (x.pixelStride, y.pixelStride)
        let calls = (UncheckedConvolution(first), UncheckedConvolution(second))
        let isDone = context.attempt([x.base, y.base]) { [cpu = context.cpu] operands, pool in
            var (first, second) = (calls.0.call, calls.1.call)
            (first.input, second.output) = (UnsafePointer(operands.floats(0)), operands.floats(1))
            return apus_convolve_expanded(cpu, pool, &first, &second)
        }
        return isDone ? y : nil
    }
}
