import ApusNN
import ApusTorch

/// A v8-style network that finds objects and their masks.
///
/// - Input: `[N, 3, H, W]`, RGB in 0…1; H and W multiples of 32
public final class V8Segmenter: Module, V8Network {
    /// Prototypes, and coefficients of each object.
    public static let prototypeCount = 32

    public let scale: V8Scale
    public let classCount: Int
    public let trunk: V8Trunk
    /// Layer 22.
    public let extendedHead: V8ExtendedHead

    public init(scale: V8Scale = .n, classCount: Int, seed: UInt64 = 0) {
        precondition(classCount > 0, "a detector has one class at least")
        var weights = WeightInitializer(seed: seed)
        (self.scale, self.classCount) = (scale, classCount)
        trunk = V8Trunk(scale, using: &weights)
        extendedHead = V8ExtendedHead(
            channels: trunk.channels, classCount: classCount, extras: Self.prototypeCount,
            prototypeWidth: scale.channels(256), using: &weights)
    }

    public var last: Module { extendedHead }
    public var head: V8Head { extendedHead.detection }
    public override var children: [(name: String, module: Module)] { [("model", ModuleList(layers))] }

    public func callAsFunction(_ x: Tensor) -> SegmentationOutput {
        let maps = trunk(x)
        guard let proto = extendedHead.proto else { preconditionFailure("a segmenter without prototypes") }
        return SegmentationOutput(
            detection: head(maps), coefficients: extendedHead.extras(maps), prototypes: proto(maps[0]))
    }
}

/// What a segmenting head says before decoding.
public struct SegmentationOutput: ObjectOutput {
    public var detection: DetectionOutput
    /// `[B, 32, H_i, W_i]` for each level.
    public var coefficients: [Tensor]
    /// `[B, 32, H / 4, W / 4]`; an object's mask is where Σ coefficient · prototype > 0, inside its box.
    public var prototypes: Tensor

    public init(detection: DetectionOutput, coefficients: [Tensor], prototypes: Tensor) {
        (self.detection, self.coefficients, self.prototypes) = (detection, coefficients, prototypes)
    }

    var maps: HeadMaps {
        detection.maps(with: .masks(coefficients: coefficients, prototypes: prototypes))
    }

    /// Predictions `[B, 4 + classes + 32, anchors]`: box in pixels, sigmoid scores, coefficients.
    public func decoded() throws(TorchError) -> Tensor { try maps.decoded() }
}
