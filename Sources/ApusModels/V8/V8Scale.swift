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

    /// The same depth and width with the cap of image classifiers, which is 1024 at every size.
    var ofClassifier: V8Scale { V8Scale(depth: depth, width: width, maxChannels: max(maxChannels, 1024)) }

    func repeats(_ count: Int) -> Int {
        count > 1 ? max(Int((Double(count) * depth).rounded(.toNearestOrEven)), 1) : count
    }
}
