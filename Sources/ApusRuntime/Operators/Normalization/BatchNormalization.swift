import ApusCore
import ApusONNX

/// `y = (x − mean) / √(variance + epsilon) · scale + bias` by channel. In training the statistics are those of `x`, and
/// the running ones follow them. <https://onnx.ai/onnx/operators/onnx__BatchNormalization.html>
struct BatchNormalization: Operator {
    static let type = OperatorType("BatchNormalization", since: 6)
    private let epsilon, momentum: Float
    private let isTraining: Bool

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(5...5)
        epsilon = try node.float("epsilon", default: 1e-5)
        momentum = try node.float("momentum", default: 0.9)
        isTraining = try node.flag("training_mode", default: false)
        // Until opset 9 statistics could belong to single pixels.
        guard try node.flag("spatial", default: true) else {
            throw .attributeValue("spatial", expected: "1", found: "0", node: node.label)
        }
        // Before opset 14 a training graph is one that asks for the updated statistics.
        try node.requireOutputs(isTraining ? 1...3 : 1...1)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0)
        try x.requireReal()
        try expect(x.rank >= 2, "at least 2 dimensions", found: "\(x.shape)")
        let channels = x.shape[1]
        var vectors: [[Double]] = []
        for index in 1...4 {
            let vector = try inputs.required(index)
            try vector.requireParameters(channels, vector.dataType)
            vectors.append(try vector.doubles(context))
        }
        guard isTraining else { return [try normalize(x, vectors, context)] }
        let moments = try moments(x, context)
        let (means, variances) = (moments.map(\.mean), moments.map(\.variance))
        let y = try normalize(x, [vectors[0], vectors[1], means, variances], context)
        let types = try [inputs.required(3).dataType, inputs.required(4).dataType]
        return [
            y, try context.make([channels], types[0], doubles: follow(vectors[2], means)),
            try context.make([channels], types[1], doubles: follow(vectors[3], variances)),
        ]
    }

    /// - Parameter vectors: scale, bias, mean, variance.
    private func normalize(
        _ x: Value, _ vectors: [[Double]], _ context: ExecutionContext
    ) throws(OperatorError) -> Value {
        let (factors, offsets) = Self.affine(vectors, epsilon: epsilon)
        let shape = Shape([factors.count] + [Int](repeating: 1, count: x.rank - 2))
        let scale = try context.makeTemporary(shape, x.dataType), shift = try context.makeTemporary(shape, x.dataType)
        try scale.fill(factors)
        try shift.fill(offsets)
        return try context.combine(.add, try context.combine(.multiply, x, scale), shift)
    }

    private func moments(_ x: Value, _ context: ExecutionContext) throws(OperatorError) -> [Moments] {
        try expect(x.count > 0, "at least one element", found: "\(x.shape)")
        let lines = try context.transposed(x, by: [1, 0] + Array(2..<x.rank))
        return try Standardization(groups: x.shape[1], count: x.count / x.shape[1], epsilon: epsilon)(lines, context)
            .moments
    }

    private func follow(_ running: [Double], _ batch: [Double]) -> [Double] {
        zip(running, batch).map { $0 * Double(momentum) + $1 * (1 - Double(momentum)) }
    }

    /// `scale, bias, mean, variance` as one factor and one offset a channel.
    static func affine(_ vectors: [[Double]], epsilon: Float) -> (factors: [Double], offsets: [Double]) {
        var factors: [Double] = [], offsets: [Double] = []
        for channel in vectors[0].indices {
            let factor = vectors[0][channel] / (vectors[3][channel] + Double(epsilon)).squareRoot()
            factors.append(factor)
            offsets.append(vectors[1][channel] - vectors[2][channel] * factor)
        }
        return (factors, offsets)
    }

    /// The same in single precision.
    static func affine(_ vectors: [[Float]], epsilon: Float) -> (factors: [Float], offsets: [Float]) {
        let (factors, offsets) = affine(vectors.map { $0.map(Double.init) }, epsilon: epsilon)
        return (factors.map { Float($0) }, offsets.map { Float($0) })
    }
}
