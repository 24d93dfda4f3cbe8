import ApusNN
import ApusTorch

/// How deep and wide a v8-style network is.
public struct V8Scale: Hashable, Sendable, Codable {
    /// Multiplies the repeats of each C2f.
    public var depth: Double
    /// Multiplies channels.
    public var width: Double
    /// Channels are capped to this before `width` multiplies them.
    public var maxChannels: Int

    public init(depth: Double, width: Double, maxChannels: Int) {
        (self.depth, self.width, self.maxChannels) = (depth, width, maxChannels)
    }

    public static let n = V8Scale(depth: 0.33, width: 0.25, maxChannels: 1024)
    public static let s = V8Scale(depth: 0.33, width: 0.5, maxChannels: 1024)
    public static let m = V8Scale(depth: 0.67, width: 0.75, maxChannels: 768)
    public static let l = V8Scale(depth: 1, width: 1, maxChannels: 512)
    public static let x = V8Scale(depth: 1, width: 1.25, maxChannels: 512)

    public static let named: [(name: String, scale: V8Scale)] = [("n", .n), ("s", .s), ("m", .m), ("l", .l), ("x", .x)]

    /// `count` capped and multiplied, rounded up to a multiple of 8.
    func channels(_ count: Int) -> Int {
        let scaled = Double(min(count, maxChannels)) * width
        return max(8, Int((scaled / 8).rounded(.up)) * 8)
    }

    func repeats(_ count: Int) -> Int {
        count > 1 ? max(Int((Double(count) * depth).rounded(.toNearestOrEven)), 1) : count
    }
}

/// A v8-style detector: CSP backbone, path-aggregation neck, decoupled head on strides 8, 16 and 32.
///
/// Its parameter names are those of PyTorch checkpoints of this family, so that users can load weights of their own.
///
/// - Input: `[N, 3, H, W]`, RGB in 0…1; H and W multiples of 32
public final class V8Detector: Module, Detector {
    public let scale: V8Scale
    public let classCount: Int
    public let strides = [8, 16, 32]
    /// Layers 0 to 21: backbone and neck.
    private let trunk: [any TrunkLayer]
    /// Layer 22.
    public let head: V8Head

    /// All layers by their number.
    public var layers: [Module] { trunk + [head] }

    public init(scale: V8Scale = .n, classCount: Int, seed: UInt64 = 0) {
        precondition(classCount > 0, "a detector has one class at least")
        var weights = WeightInitializer(seed: seed)
        (self.scale, self.classCount) = (scale, classCount)
        trunk = V8Detector.makeTrunk(scale: scale, using: &weights)
        head = V8Head(
            channels: [256, 512, 1024].map(scale.channels), classCount: classCount, strides: strides, using: &weights)
    }

    public override var children: [(name: String, module: Module)] { [("model", ModuleList(layers))] }

    public func callAsFunction(_ x: Tensor) -> DetectionOutput {
        let p3 = run(0...4, x)
        let p4 = run(5...6, p3)
        let p5 = run(7...9, p4)
        let n4 = run(12...12, join(p5.upsampledNearest(factor: 2), p4))
        let n3 = run(15...15, join(n4.upsampledNearest(factor: 2), p3))
        let m4 = run(18...18, join(run(16...16, n3), n4))
        let m5 = run(21...21, join(run(19...19, m4), p5))
        return head([n3, m4, m5])
    }

    /// Layers one after another.
    private func run(_ indices: ClosedRange<Int>, _ x: Tensor) -> Tensor { indices.reduce(x) { trunk[$1]($0) } }
    private func join(_ a: Tensor, _ b: Tensor) -> Tensor { Tensor.concatenate([a, b], axis: 1) }

    private static func makeTrunk(scale: V8Scale, using weights: inout WeightInitializer) -> [any TrunkLayer] {
        let (c64, c128, c256) = (scale.channels(64), scale.channels(128), scale.channels(256))
        let (c512, c1024) = (scale.channels(512), scale.channels(1024))
        let (three, six) = (scale.repeats(3), scale.repeats(6))
        func down(_ inputs: Int, _ outputs: Int) -> any TrunkLayer {
            ConvolutionBlock(inputs, outputs, kernelSize: 3, stride: 2, using: &weights)
        }
        func c2f(_ inputs: Int, _ outputs: Int, _ repeats: Int, shortcut: Bool = false) -> any TrunkLayer {
            C2f(inputs, outputs, repeats: repeats, shortcut: shortcut, using: &weights)
        }
        let backbone: [any TrunkLayer] = [
            down(3, c64), down(c64, c128), c2f(c128, c128, three, shortcut: true),
            down(c128, c256), c2f(c256, c256, six, shortcut: true),
            down(c256, c512), c2f(c512, c512, six, shortcut: true),
            down(c512, c1024), c2f(c1024, c1024, three, shortcut: true),
            SPPF(c1024, c1024, using: &weights),
        ]
        let neck: [any TrunkLayer] = [
            Pass(), Pass(), c2f(c1024 + c512, c512, three),
            Pass(), Pass(), c2f(c512 + c256, c256, three),
            down(c256, c256), Pass(), c2f(c256 + c512, c512, three),
            down(c512, c512), Pass(), c2f(c512 + c1024, c1024, three),
        ]
        return backbone + neck
    }
}
