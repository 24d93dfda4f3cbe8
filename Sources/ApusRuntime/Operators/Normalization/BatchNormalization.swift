import ApusCore
import ApusONNX
import CApusKernels
import Glibc

/// `y = (x − mean) / √(variance + epsilon) · scale + bias` by channel, as at inference.
/// <https://onnx.ai/onnx/operators/onnx__BatchNormalization.html>
struct BatchNormalization: Operator {
    static let type = OperatorType("BatchNormalization", since: 6)
    private let epsilon: Float

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(5...5)
        epsilon = try node.float("epsilon", default: 1e-5)
        guard try !node.flag("training_mode", default: false) else {
            throw .attributeValue("training_mode", expected: "0", found: "1", node: node.label)
        }
        // Until opset 9 statistics could belong to single pixels.
        guard try node.flag("spatial", default: true) else {
            throw .attributeValue("spatial", expected: "1", found: "0", node: node.label)
        }
        // Before opset 14 a training graph is one that asks for the updated statistics.
        try node.requireOutputs(1...1)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0, .float32)
        try expect(x.rank >= 2, "at least 2 dimensions", found: "\(x.shape)")
        let channels = x.shape[1]
        var vectors: [[Float]] = []
        for index in 1...4 {
            let vector = try inputs.required(index, .float32)
            try expect(vector.count == channels, "\(channels) numbers", found: "\(vector.shape)")
            vectors.append(try vector.doubles(context).map { Float($0) })
        }
        let (factors, offsets) = Self.affine(vectors, epsilon: epsilon)
        let shape = Shape([channels] + [Int](repeating: 1, count: x.rank - 2))
        let scaled = try context.combine(.multiply, x, Value(NDArray(factors, shape: shape)))
        return [try context.combine(.add, scaled, Value(NDArray(offsets, shape: shape)))]
    }

    /// `scale, bias, mean, variance` as one factor and one offset a channel.
    static func affine(_ vectors: [[Float]], epsilon: Float) -> (factors: [Float], offsets: [Float]) {
        var factors: [Float] = [], offsets: [Float] = []
        for channel in vectors[0].indices {
            let factor = Double(vectors[0][channel]) / sqrt(Double(vectors[3][channel]) + Double(epsilon))
            factors.append(Float(factor))
            offsets.append(Float(Double(vectors[1][channel]) - Double(vectors[2][channel]) * factor))
        }
        return (factors, offsets)
    }
}
