import ApusNN
import ApusTorch

/// A detector's head with a third branch a level for what its task adds, and prototypes where it segments.
///
/// - Input: maps `[N, channels[i], H_i, W_i]`
public final class V8ExtendedHead: Module {
    public let detection: V8Head
    /// Coefficients, keypoints or angles.
    public let cv4: [V8Head.Branch]
    public let proto: V8Prototypes?

    /// - Parameters:
    ///   - extras: channels that the third branch gives.
    ///   - prototypeWidth: channels within the prototypes' layers; none without it.
    init(
        channels: [Int], classCount: Int, extras: Int, prototypeWidth: Int? = nil,
        using weights: inout WeightInitializer
    ) {
        detection = V8Head(channels: channels, classCount: classCount, strides: V8Trunk.strides, using: &weights)
        proto = prototypeWidth.map { V8Prototypes(channels[0], hidden: $0, outputs: extras, using: &weights) }
        let hidden = max(channels[0] / 4, extras)
        cv4 = channels.map { V8Head.Branch($0, hidden, extras, using: &weights) }
    }

    public override var children: [(name: String, module: Module)] {
        detection.children + (proto.map { [("proto", $0)] } ?? []) + [("cv4", ModuleList(cv4))]
    }

    /// The third branch's maps `[N, extras, H_i, W_i]`.
    func extras(_ maps: [Tensor]) -> [Tensor] { zip(cv4, maps).map { $0($1) } }
}

/// Masks that every object's mask is a mixture of (Bolya et al., *YOLACT*, <https://arxiv.org/abs/1904.02689>).
///
/// - Input: `[N, inputs, H, W]`
/// - Output: `[N, outputs, 2H, 2W]`
public final class V8Prototypes: Module {
    public let cv1, cv2, cv3: ConvolutionBlock
    public let upsample: TransposedConv2D

    init(_ inputs: Int, hidden: Int, outputs: Int, using weights: inout WeightInitializer) {
        cv1 = ConvolutionBlock(inputs, hidden, kernelSize: 3, using: &weights)
        upsample = TransposedConv2D(hidden, hidden, kernelSize: 2, stride: 2, using: &weights)
        cv2 = ConvolutionBlock(hidden, hidden, kernelSize: 3, using: &weights)
        cv3 = ConvolutionBlock(hidden, outputs, using: &weights)
    }

    public override var children: [(name: String, module: Module)] {
        [("cv1", cv1), ("upsample", upsample), ("cv2", cv2), ("cv3", cv3)]
    }

    public func callAsFunction(_ x: Tensor) -> Tensor { cv3(cv2(upsample(cv1(x)))) }
}
