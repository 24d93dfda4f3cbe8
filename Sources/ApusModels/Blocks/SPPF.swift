import ApusNN
import ApusTorch

/// Joins the input with three chained 5×5 max poolings: spatial pyramid pooling at the price of one window.
///
/// - Input: `[N, inputs, H, W]`
/// - Output: `[N, outputs, H, W]`
public final class SPPF: Module {
    public let cv1, cv2: ConvolutionBlock
    public let kernelSize: Int

    public init(_ inputs: Int, _ outputs: Int, kernelSize: Int = 5, using weights: inout WeightInitializer) {
        cv1 = ConvolutionBlock(inputs, inputs / 2, using: &weights)
        cv2 = ConvolutionBlock(inputs / 2 * 4, outputs, using: &weights)
        self.kernelSize = kernelSize
    }

    public override var children: [(name: String, module: Module)] { [("cv1", cv1), ("cv2", cv2)] }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        var stages = [cv1(x)]
        for _ in 0..<3 {
            stages.append(
                stages[stages.count - 1].maxPool2D(kernelSize: kernelSize, stride: 1, padding: kernelSize / 2))
        }
        return cv2(Tensor.concatenate(stages, axis: 1))
    }
}
