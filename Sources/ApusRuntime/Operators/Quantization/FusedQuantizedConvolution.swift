import ApusCore
import ApusONNX
import CApusKernels

/// A convolution of 8-bit integers that stand for numbers, with an activation and an addition, to such integers.
///
/// The pass `fusingQuantizedConvolutions` makes it. Inputs: the image, weights, the weights' scales and zero points, a
/// bias (`int32` in units of both scales, or `float32`), and an image that is added. Attributes:
/// those of `Conv`, the scales and zero points of the images, and the activation with its parameters.
struct FusedQuantizedConvolution: ImageWriter {
    static let type = OperatorType("QuantizedConv", domain: fusedDomain)
    private let convolution: ByteConvolution
    private let input, output: ByteScale
    private let residual: ByteScale?
    private let activation: apus_activation
    private let addsBeforeActivation: Bool
    private var ready: (weights: PackedQuantizedConvolution, factors: QuantizedFactors)?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(4...6)
        convolution = try ByteConvolution(node)
        input = try node.byteScale("input")
        output = try node.byteScale("output")
        residual = node.input(5) == nil ? nil : try node.byteScale("residual")
        activation = try node.fusedActivation()
        addsBeforeActivation = try node.string("residual", default: "after") == "before"
    }

    mutating func prepare(_ constants: [NDArray?], _ context: ExecutionContext) throws(OperatorError) {
        guard constants.count > 3, let weights = constants[1], let scales = constants[2], let zeros = constants[3]
        else {
            throw .unsupported("weights that are not constant")
        }
        let packed = try convolution.pack(Value(weights), zero: Value(zeros), context)
        let bias = constants.count > 4 ? constants[4] : nil
        ready = (packed, try factors(packed, Value(scales), bias.map { Value($0) }, context))
    }

    var absorbedInputs: Range<Int> { 1..<5 }

    /// Whether the activation commutes with a change of scale: then sums are brought to the output's steps at once.
    private var isHomogeneous: Bool { [APUS_IDENTITY, APUS_RELU, APUS_LEAKY_RELU].contains(activation.function) }

    private var unit: Float { isHomogeneous ? output.scale : 1 }

    private func factors(
        _ weights: PackedQuantizedConvolution, _ scales: Value, _ bias: Value?, _ context: ExecutionContext
    ) throws(OperatorError) -> QuantizedFactors {
        let channels = weights.outChannels
        let given = try scales.doubles(context).map { Float($0) }
        try expect(given.count == 1 || given.count == channels, "1 or \(channels) scales", found: "\(given.count)")
        try expect(bias.map { $0.count == channels } ?? true, "\(channels) biases", found: "another count")
        let isWhole = bias?.dataType == .int32
        let whole = isWhole ? try bias?.integers(context).map { Int32(truncatingIfNeeded: $0) } : nil
        let (input, unit) = (input.scale, self.unit)
        let real = isWhole ? nil : try bias?.doubles(context).map { Float($0) / unit }
        return QuantizedFactors(
            bias: whole ?? Array(repeating: 0, count: channels),
            scale: (0..<channels).map { input * given[given.count == 1 ? 0 : $0] / unit },
            offset: real ?? Array(repeating: 0, count: channels), groups: weights.groups)
    }

    func isReplayable(constants: [Bool]) -> Bool { ready != nil }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        guard let ready else { throw .unsupported("weights that are not constant") }
        let x = try inputs.required(0, input.type)
        var finish = apus_quantized_convolution()
        finish.input_zero = input.zero
        finish.output_zero = output.zero
        finish.output_is_signed = output.type == .int8
        finish.inverse_scale = isHomogeneous ? 1 : 1 / output.scale
        finish.activation = activation
        if let residual {
            finish.residual_zero = residual.zero
            finish.residual_scale = residual.scale / unit
            finish.residual_before_activation = addsBeforeActivation
        }
        let other = residual == nil ? nil : try inputs.required(5, output.type)
        return [
            try convolution.convolve(
                x, ready.weights, ready.factors, finish, residual: other, to: output.type, context)
        ]
    }
}

extension Node {
    /// What a pass has noted about an image of 8-bit integers: `NAME_scale`, `NAME_zero` and `NAME_signed`.
    func byteScale(_ name: String) throws(GraphError) -> ByteScale {
        try byteScale(
            try float("\(name)_scale"), try int("\(name)_zero"), isSigned: try flag("\(name)_signed", default: false),
            name)
    }

    func byteScale(
        _ scale: Float, _ zero: Int, isSigned: Bool, _ name: String
    ) throws(GraphError) -> ByteScale {
        let type: DataType = isSigned ? .int8 : .uint8
        guard scale > 0, scale.isFinite, type.quantizedRange?.contains(Int64(zero)) ?? false else {
            throw .attributeValue(
                "\(name)_zero", expected: "a positive scale and a zero point of \(type)", found: "\(scale), \(zero)",
                node: label)
        }
        return ByteScale(scale: scale, zero: Int32(zero), type: type)
    }

    /// The activation that a pass has moved into this node.
    func fusedActivation() throws(GraphError) -> apus_activation {
        let parameters = try floats("activation_parameters", default: [0, 0])
        let number = try int("activation", default: 0)
        guard (0...Int(APUS_HARD_SWISH.rawValue)).contains(number), parameters.count == 2 else {
            throw .attributeValue(
                "activation", expected: "a function that can be fused", found: "\(number)", node: label)
        }
        return apus_activation(apus_function(rawValue: UInt32(number)), parameters[0], parameters[1])
    }
}

extension [String: Attribute] {
    /// Notes what `Node.byteScale` reads.
    mutating func set(_ scale: ByteScale, _ name: String) {
        self["\(name)_scale"] = .float(scale.scale)
        self["\(name)_zero"] = .int(Int(scale.zero))
        self["\(name)_signed"] = .int(scale.type == .int8 ? 1 : 0)
    }
}
