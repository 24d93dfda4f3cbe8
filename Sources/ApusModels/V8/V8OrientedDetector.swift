import ApusNN
import ApusTorch

/// A v8-style network that finds objects in turned boxes.
///
/// - Input: `[N, 3, H, W]`, RGB in 0…1; H and W multiples of 32
public final class V8OrientedDetector: Module, V8Network {
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
        extendedHead = V8ExtendedHead(channels: trunk.channels, classCount: classCount, extras: 1, using: &weights)
    }

    public var last: Module { extendedHead }
    public var head: V8Head { extendedHead.detection }
    public override var children: [(name: String, module: Module)] { [("model", ModuleList(layers))] }

    public func callAsFunction(_ x: Tensor) -> OrientedOutput {
        let maps = trunk(x)
        return OrientedOutput(detection: head(maps), angles: extendedHead.extras(maps))
    }
}

/// What an oriented head says before decoding.
public struct OrientedOutput: ObjectOutput {
    public var detection: DetectionOutput
    /// `[B, 1, H_i, W_i]` for each level: the angle is (sigmoid − 1/4) · π, clockwise as seen.
    public var angles: [Tensor]

    public init(detection: DetectionOutput, angles: [Tensor]) { (self.detection, self.angles) = (detection, angles) }

    var maps: HeadMaps { detection.maps(with: .angles(angles)) }

    /// Predictions `[B, 4 + classes + 1, anchors]`: centre, width and height of the turned box in pixels, sigmoid
    /// scores, the angle in radians in −π/4…3π/4.
    public func decoded() throws(TorchError) -> Tensor { try maps.decoded() }
}
