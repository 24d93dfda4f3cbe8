import ApusNN
import ApusTorch

/// A v8-style network that finds objects and their keypoints.
///
/// - Input: `[N, 3, H, W]`, RGB in 0…1; H and W multiples of 32
public final class V8PoseEstimator: Module, V8Network {
    public let scale: V8Scale
    public let classCount, keypointCount: Int
    public let trunk: V8Trunk
    /// Layer 22.
    public let extendedHead: V8ExtendedHead

    public init(scale: V8Scale = .n, classCount: Int, keypointCount: Int, seed: UInt64 = 0) {
        precondition(classCount > 0 && keypointCount > 0, "a pose network has one class and one keypoint at least")
        var weights = WeightInitializer(seed: seed)
        (self.scale, self.classCount, self.keypointCount) = (scale, classCount, keypointCount)
        trunk = V8Trunk(scale, using: &weights)
        extendedHead = V8ExtendedHead(
            channels: trunk.channels, classCount: classCount, extras: 3 * keypointCount, using: &weights)
    }

    public var last: Module { extendedHead }
    public var head: V8Head { extendedHead.detection }
    public override var children: [(name: String, module: Module)] { [("model", ModuleList(layers))] }

    public func callAsFunction(_ x: Tensor) -> PoseOutput {
        let maps = trunk(x)
        return PoseOutput(detection: head(maps), keypoints: extendedHead.extras(maps))
    }
}

/// What a pose head says before decoding.
public struct PoseOutput: ObjectOutput {
    public var detection: DetectionOutput
    /// `[B, 3 · K, H_i, W_i]` for each level: x, y and the visibility's logit of each keypoint.
    public var keypoints: [Tensor]

    public init(detection: DetectionOutput, keypoints: [Tensor]) {
        (self.detection, self.keypoints) = (detection, keypoints)
    }

    var maps: HeadMaps { detection.maps(with: .keypoints(keypoints)) }

    /// Predictions `[B, 4 + classes + 3 · K, anchors]`: box in pixels, sigmoid scores, then x, y in pixels and sigmoid
    /// visibility of each keypoint.
    public func decoded() throws(TorchError) -> Tensor { try maps.decoded() }
}
