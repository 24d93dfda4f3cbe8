import ApusNN
import ApusTorch

/// A v8-style detector: CSP backbone, path-aggregation neck, decoupled head on strides 8, 16 and 32.
///
/// Its parameter names are those of PyTorch checkpoints of this family, so that users can load weights of their own.
///
/// - Input: `[N, 3, H, W]`, RGB in 0…1; H and W multiples of 32
public final class V8Detector: Module, V8Network, Detector {
    public let scale: V8Scale
    public let classCount: Int
    public let trunk: V8Trunk
    /// Layer 22.
    public let head: V8Head

    public init(scale: V8Scale = .n, classCount: Int, seed: UInt64 = 0) {
        precondition(classCount > 0, "a detector has one class at least")
        var weights = WeightInitializer(seed: seed)
        (self.scale, self.classCount) = (scale, classCount)
        trunk = V8Trunk(scale, using: &weights)
        head = V8Head(
            channels: trunk.channels, classCount: classCount, strides: V8Trunk.strides, using: &weights)
    }

    public var last: Module { head }
    public override var children: [(name: String, module: Module)] { [("model", ModuleList(layers))] }

    public func callAsFunction(_ x: Tensor) -> DetectionOutput { head(trunk(x)) }
}
