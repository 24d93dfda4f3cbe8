import ApusCore
import ApusONNX
import Glibc

/// Minus the logarithm of the labeled class's softmax, and the logarithms of all classes'.
/// <https://onnx.ai/onnx/operators/onnx__SoftmaxCrossEntropyLoss.html>
///
/// - Inputs: scores `[N, C, D1, …]`, labels `[N, D1, …]`, perhaps weights `[C]`
struct SoftmaxCrossEntropyLoss: Operator {
    static let type = OperatorType("SoftmaxCrossEntropyLoss", since: 12)
    private let loss: ClassLoss

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...3)
        loss = try ClassLoss(node)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try context.rowMajor(try inputs.required(0))
        try x.requireReal()
        try expect(x.rank >= 2, "at least 2 dimensions [N, C, …]", found: "\(x.shape)")
        let logarithms = try context.make(x.shape, x.dataType)
        try x.dataType.accept(real: LogSoftmaxOfClasses(x: x, y: logarithms))
        let value = try loss(logarithms, labels: try inputs.required(1), weights: inputs.optional(2), context)
        return [value, logarithms]
    }
}

/// The logarithm of the softmax over the second axis.
private struct LogSoftmaxOfClasses: RealVisitor {
    let x, y: Value

    func visit<Element: Real>(_ type: Element.Type) {
        guard x.count > 0 else { return }
        let classes = x.shape[1], pixels = x.count / (x.shape[0] * classes)
        let scores = x.pointer(type), logarithms = y.pointer(type)
        for place in 0..<x.count / classes {
            let start = place / pixels * classes * pixels + place % pixels
            let line = stride(from: start, to: start + classes * pixels, by: pixels)
            let top = line.reduce(-Double.infinity) { max($0, Double(scores[$1])) }
            let sum = line.reduce(0) { $0 + exp(Double(scores[$1]) - top) }
            let total = top + log(sum)
            for index in line { logarithms[index] = Element(Double(scores[index]) - total) }
        }
    }
}
