import ApusCore
import ApusONNX

/// Each group of channels of each image to mean 0 and variance 1, then scaled and shifted: by group until opset 21,
/// by channel since. <https://onnx.ai/onnx/operators/onnx__GroupNormalization.html>
///
/// Wu and He, *Group Normalization*, <https://arxiv.org/abs/1803.08494>.
struct GroupNormalization: Operator {
    static let type = OperatorType("GroupNormalization", since: 18)
    private let groups: Int
    private let epsilon: Float
    private let scalesChannels: Bool

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(3...3)
        guard try node.optionalInt("num_groups") != nil else {
            throw .missingAttribute("num_groups", node: node.label)
        }
        groups = try node.count("num_groups", default: 1)
        epsilon = try node.float("epsilon", default: 1e-5)
        scalesChannels = opset >= 21
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try context.rowMajor(try inputs.required(0))
        try x.requireReal()
        try expect(
            x.rank >= 2 && x.count > 0 && x.shape[1] % groups == 0, "channels that divide by \(groups) groups",
            found: "\(x.shape)")
        let channels = x.shape[1], pixels = x.count / (x.shape[0] * channels)
        let scale = try inputs.required(1), bias = try inputs.required(2)
        try scale.requireParameters(scalesChannels ? channels : groups, x.dataType)
        try bias.requireParameters(scalesChannels ? channels : groups, x.dataType)
        let count = channels / groups * pixels
        var job = Standardization(groups: x.shape[0] * groups, count: count, epsilon: epsilon)
        let parameter = scalesChannels ? pixels : count
        guard parameter > 1 else { return [try scaleElements(job(x, context).result, scale, bias, context)] }
        (job.scale, job.bias, job.elementsOfParameter) = (scale, bias, parameter)
        return [try job(x, context).result]
    }

    /// Without pixels, every element of an image has a scale of its own.
    private func scaleElements(
        _ x: Value, _ scale: Value, _ bias: Value, _ context: ExecutionContext
    ) throws(OperatorError) -> Value {
        let shape = Shape([scale.count] + [Int](repeating: 1, count: x.rank - 2))
        let scaled = try context.combine(.multiply, x, try context.rowMajor(scale).reshaped(to: shape))
        return try context.combine(.add, scaled, try context.rowMajor(bias).reshaped(to: shape))
    }
}
