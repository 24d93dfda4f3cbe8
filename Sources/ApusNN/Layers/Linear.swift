import ApusCore
import ApusTorch

/// - Input: `[…, inputs]`
/// - Output: `[…, outputs]`
public final class Linear: Module {
    public let weight: Tensor
    public let bias: Tensor?

    public init(_ inputs: Int, _ outputs: Int, bias hasBias: Bool = true, using initializer: inout WeightInitializer) {
        weight = initializer.linearWeight([outputs, inputs]).requiringGradient()
        bias = hasBias ? initializer.bias(besides: weight).requiringGradient() : nil
    }

    public override var localParameters: [Named] { [("weight", weight)] + (bias.map { [("bias", $0)] } ?? []) }

    public func callAsFunction(_ x: Tensor) -> Tensor { x.linear(weight, bias: bias) }
}
