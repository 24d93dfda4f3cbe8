import ApusNN
import ApusTorch

/// Splits the channels in two, sends one half through a chain of bottlenecks and joins every stage's output.
///
/// - Input: `[N, inputs, H, W]`
/// - Output: `[N, outputs, H, W]`
public final class C2f: Module {
    public let cv1, cv2: ConvolutionBlock
    public let m: [Bottleneck]
    private let hidden: Int

    public init(_ inputs: Int, _ outputs: Int, repeats: Int, shortcut: Bool, using weights: inout WeightInitializer) {
        let hidden = outputs / 2
        self.hidden = hidden
        cv1 = ConvolutionBlock(inputs, 2 * hidden, using: &weights)
        cv2 = ConvolutionBlock((2 + repeats) * hidden, outputs, using: &weights)
        m = (0..<repeats).map { _ in Bottleneck(hidden, shortcut: shortcut, using: &weights) }
    }

    public override var children: [(name: String, module: Module)] {
        [("cv1", cv1), ("cv2", cv2), ("m", ModuleList(m))]
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        var (next, start) = (cv1(x), hidden)
        var pieces = [Tensor]()
        for bottleneck in m {
            let fork = next.forked(from: start)
            pieces.append(fork.whole)
            (next, start) = (bottleneck(fork), 0)
        }
        pieces.append(next)
        return cv2(Tensor.concatenate(pieces, axis: 1))
    }
}
