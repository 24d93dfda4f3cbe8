import ApusCore
import ApusONNX
import Glibc

/// Each element divided by a power of the squares of its neighbours in other channels.
/// <https://onnx.ai/onnx/operators/onnx__LRN.html>
///
/// Krizhevsky et al., *ImageNet Classification with Deep Convolutional Neural Networks*.
struct LocalResponseNormalization: Operator {
    static let type = OperatorType("LRN")
    private let size: Int
    private let alpha, beta, bias: Float

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        guard try node.optionalInt("size") != nil else { throw .missingAttribute("size", node: node.label) }
        size = try node.count("size", default: 1)
        alpha = try node.float("alpha", default: 1e-4)
        beta = try node.float("beta", default: 0.75)
        bias = try node.float("bias", default: 1)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try context.rowMajor(try inputs.required(0))
        try x.requireReal()
        try expect(x.rank >= 2, "at least 2 dimensions [N, C, …]", found: "\(x.shape)")
        let y = try context.make(x.shape, x.dataType)
        guard x.count > 0 else { return [y] }
        try x.dataType.accept(real: Run(job: self, x: x, y: y, context: context))
        return [y]
    }

    private struct Run: RealVisitor {
        let job: LocalResponseNormalization
        let x, y: Value
        let context: ExecutionContext

        func visit<Element: Real>(_ type: Element.Type) {
            let channels = x.shape[1], pixels = x.count / (x.shape[0] * channels)
            context.forEachRange(below: x.shape[0] * pixels, of: max(1, 2048 / channels)) { range in
                for place in range {
                    let start = place / pixels * channels * pixels + place % pixels
                    fill(x.pointer(type) + start, y.pointer(type) + start, channels, step: pixels)
                }
            }
        }

        /// One pixel: its channels are `step` elements apart.
        private func fill<Element: Real>(
            _ source: UnsafePointer<Element>, _ target: UnsafeMutablePointer<Element>, _ channels: Int, step: Int
        ) {
            let before = (job.size - 1) / 2, after = job.size - 1 - before
            let factor = Double(job.alpha) / Double(job.size)
            var sum = 0.0
            func square(_ channel: Int) -> Double { Double(source[channel * step]) * Double(source[channel * step]) }
            for channel in 0..<min(after, channels) { sum += square(channel) }
            for channel in 0..<channels {
                if channel + after < channels { sum += square(channel + after) }
                if channel - before > 0 { sum -= square(channel - before - 1) }
                let divisor = pow(Double(job.bias) + factor * max(0, sum), Double(job.beta))
                target[channel * step] = Element(Double(source[channel * step]) / divisor)
            }
        }
    }
}
