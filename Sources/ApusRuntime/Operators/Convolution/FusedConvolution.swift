import ApusCore
import ApusONNX
import CApusKernels

/// A convolution with what follows it: an activation, and a fourth input that is added before or after it.
///
/// The passes `fuseActivations` and `fuseResiduals` make it. Attributes: `activation` (a kernel's number), its
/// parameters, and `residual` (`"before"` or `"after"` the activation).
struct FusedConvolution: Operator, ImageWriter {
    static let type = OperatorType("Conv", domain: fusedDomain)
    private(set) var convolution: Convolution
    let activation: apus_activation
    private let addsBeforeActivation: Bool

    init(_ node: Node, opset: Int) throws(GraphError) {
        var plain = node
        plain.domain = ""
        plain.inputs = Array(node.inputs.prefix(3))
        convolution = try Convolution(plain, opset: opset)
        let parameters = try node.floats("activation_parameters", default: [0, 0])
        let function = try node.int("activation", default: 0)
        guard (0...Int(APUS_HARD_SWISH.rawValue)).contains(function), parameters.count == 2 else {
            throw .attributeValue(
                "activation", expected: "a function that can be fused", found: "\(function)", node: node.label)
        }
        activation = apus_activation(
            function: apus_function(rawValue: UInt32(function)), a: parameters[0], b: parameters[1])
        addsBeforeActivation = try node.string("residual", default: "after") == "before"
    }

    mutating func prepare(_ constants: [NDArray?], _ context: ExecutionContext) throws(OperatorError) {
        try convolution.prepare(Array(constants.prefix(3)), context)
    }

    var absorbedInputs: Range<Int> { convolution.absorbedInputs }

    func isReplayable(constants: [Bool]) -> Bool { convolution.isReplayable(constants: constants) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        guard let residual = inputs.optional(3) else {
            return [try convolution.convolve(inputs, Convolution.Finish(activation: activation), context)]
        }
        guard residual.dataType == .float32, residual.shape == (try convolution.outputShape(inputs, context)) else {
            return [try addLater(residual, inputs, context)]
        }
        let finish = Convolution.Finish(
            activation: activation, residual: try context.channelsLast(residual),
            addsBeforeActivation: addsBeforeActivation)
        return [try convolution.convolve(inputs, finish, context)]
    }

    /// Where the residual broadcasts, the addition stays an operation of its own.
    private func addLater(
        _ residual: Value, _ inputs: [Value?], _ context: ExecutionContext
    ) throws(OperatorError) -> Value {
        guard addsBeforeActivation else {
            let y = try convolution.convolve(inputs, Convolution.Finish(activation: activation), context)
            return try context.combine(.add, y, residual)
        }
        let y = try convolution.convolve(inputs, Convolution.Finish(), context)
        return try context.apply(activation, to: try context.combine(.add, y, residual))
    }
}
