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
        (first.input, first.in_stride) = (UnsafePointer(x.floats), x.pixelStride)
        (second.output, second.out_stride) = (y.floats, y.pixelStride)
        return apus_convolve_expanded(context.cpu, context.pool, &first, &second) ? y : nil
    }
}
