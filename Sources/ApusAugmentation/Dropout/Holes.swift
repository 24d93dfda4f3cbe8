/// What dropouts of rectangles draw.
public struct Holes: Codable, Hashable, Sendable {
    public var holes: [PixelRectangle]
    /// Of random fills.
    public var seed: UInt64

    public init(_ holes: [PixelRectangle], seed: UInt64) { (self.holes, self.seed) = (holes, seed) }

    func clipped(to size: ImageSize) -> [PixelRectangle] {
        holes.map { $0.clipped(to: size) }.filter { !$0.isEmpty }
    }
}
