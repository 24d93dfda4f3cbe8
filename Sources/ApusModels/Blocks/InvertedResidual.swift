import ApusNN
import ApusTorch

/// Expands the channels, convolves each by itself, weighs them where `squeeze` is set, and projects to few channels;
/// added to its input where their shapes are equal (Sandler et al., <https://arxiv.org/abs/1801.04381>).
///
/// - Input: `[N, inputs, H, W]`
/// - Output: `[N, outputs, ⌈H / stride⌉, ⌈W / stride⌉]`
public final class InvertedResidual: Module {
    /// One block of a network.
    struct Configuration {
        var inputs, expanded, outputs: Int
        var kernelSize: Int
        var stride: Int
        var activation: Activation
        /// The channels between the two layers of squeeze-and-excitation, where there is one.
        var squeezed: Int?
        var squeezeActivation = Activation.relu
        var gate = Activation.hardSigmoid
        var rates = NormalizationRates()
        /// How often the whole branch is dropped in training.
        var dropped: Float = 0
    }

    /// `nil` where the channels are as many as they shall be already.
    public let expansion: NormalizedConvolution?
    public let depthwise: NormalizedConvolution
    public let squeeze: SqueezeExcitation?
    public let projection: NormalizedConvolution
    public let hasShortcut: Bool
    private let dropout: Dropout

    init(_ c: Configuration, using weights: inout WeightInitializer) {
        expansion =
            c.expanded == c.inputs
            ? nil
            : NormalizedConvolution(
                c.inputs, c.expanded, activation: c.activation, normalizedBy: c.rates, using: &weights)
        depthwise = NormalizedConvolution(
            c.expanded, c.expanded, kernelSize: c.kernelSize, stride: c.stride, groups: c.expanded,
            activation: c.activation, normalizedBy: c.rates, using: &weights)
        squeeze = c.squeezed.map {
            SqueezeExcitation(
                c.expanded, squeezed: $0, activation: c.squeezeActivation, gate: c.gate, using: &weights)
        }
        projection = NormalizedConvolution(
            c.expanded, c.outputs, activation: .none, normalizedBy: c.rates, using: &weights)
        hasShortcut = c.stride == 1 && c.inputs == c.outputs
        dropout = Dropout(c.dropped, unit: .sample, using: &weights)
    }

    /// In the order in which they run.
    public var layers: [Module] { ([expansion, depthwise, squeeze, projection] as [Module?]).compactMap { $0 } }

    public override var children: [(name: String, module: Module)] {
        [("block", ModuleList(layers)), ("stochastic_depth", dropout)]
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        var y = depthwise(expansion?(x) ?? x)
        y = projection(squeeze?(y) ?? y)
        return hasShortcut ? x + dropout(y) : y
    }
}
