import ApusNN
import ApusTorch

/// Two 3×3 convolutions, added to their input where `shortcut` is set.
///
/// - Input: a fork whose tail is `[N, channels, H, W]`
/// - Output: `[N, channels, H, W]`
public final class Bottleneck: Module {
    public let cv1, cv2: ConvolutionBlock
    public let shortcut: Bool

    public init(_ channels: Int, shortcut: Bool, using weights: inout WeightInitializer) {
        cv1 = ConvolutionBlock(channels, channels, kernelSize: 3, using: &weights)
        cv2 = ConvolutionBlock(channels, channels, kernelSize: 3, using: &weights)
        self.shortcut = shortcut
    }

    public override var children: [(name: String, module: Module)] { [("cv1", cv1), ("cv2", cv2)] }

    public func callAsFunction(_ x: Tensor.Fork) -> Tensor {
        let y = cv2(cv1(x.tail))
        return shortcut ? x.shortcut + y : y
    }
}
