import ApusCore
import ApusONNX
import Glibc

/// Classes drawn by their unnormalized log probabilities, the same in every run.
/// <https://onnx.ai/onnx/operators/onnx__Multinomial.html>
struct Multinomial: Operator {
    static let type = OperatorType("Multinomial", since: 7)
    private let dataType: DataType
    private let sampleCount: Int
    private let source: RandomSource

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        dataType = try node.numberType("dtype") ?? .int32
        guard dataType == .int32 || dataType == .int64 else {
            throw .attributeValue("dtype", expected: "int32 or int64", found: "\(dataType)", node: node.label)
        }
        sampleCount = try node.count("sample_size", default: 1)
        source = try RandomSource(node)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0)
        try expect(x.rank == 2 && x.shape[1] > 0, "[batch, classes]", found: "\(x.shape)")
        let result = try context.make([x.shape[0], sampleCount], dataType)
        let logits = try x.doubles(context), classes = x.shape[1]
        var stream = source.stream(), draws: [Int64] = []
        for row in 0..<x.shape[0] {
            let sums = try cumulated(logits[row * classes..<(row + 1) * classes])
            draws += (0..<sampleCount).map { _ in Int64(sums.draw(stream.unit())) }
        }
        try result.fill(draws)
        return [result]
    }

    private func cumulated(_ logits: ArraySlice<Double>) throws(OperatorError) -> [Double] {
        let top = logits.max() ?? 0
        try expect(top.isFinite && !logits.contains { $0.isNaN }, "a finite log probability", found: "\(top)")
        var sum = 0.0
        return logits.map { logit in
            sum += exp(logit - top)
            return sum
        }
    }
}

extension [Double] {
    /// The first place whose running sum passes `fraction` of the whole.
    fileprivate func draw(_ fraction: Double) -> Int {
        guard let whole = last else { return 0 }
        var (low, high) = (0, count - 1)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] > fraction * whole { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
