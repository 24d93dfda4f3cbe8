import ApusVision

/// A rectangle of whole pixels.
public struct Hole: Codable, Hashable, Sendable {
    public var x, y, width, height: Int

    public init(x: Int, y: Int, width: Int, height: Int) {
        (self.x, self.y, self.width, self.height) = (x, y, width, height)
    }

    /// The part inside an image; `nil` where there is none.
    func clipped(to size: ImageSize) -> Hole? {
        let (columns, rows) = (Self.part(x, width, of: size.width), Self.part(y, height, of: size.height))
        guard !columns.isEmpty, !rows.isEmpty else { return nil }
        return Hole(x: columns.lowerBound, y: rows.lowerBound, width: columns.count, height: rows.count)
    }

    private static func part(_ start: Int, _ length: Int, of side: Int) -> Range<Int> {
        let (end, overflows) = start.addingReportingOverflow(max(length, 0))
        let first = start.clamped(to: 0...side)
        return first..<max(first, overflows ? side : end.clamped(to: 0...side))
    }

    func contains(_ x: Int, _ y: Int) -> Bool {
        x >= self.x && x < self.x + width && y >= self.y && y < self.y + height
    }
}

/// What dropouts of rectangles draw.
public struct Holes: Codable, Hashable, Sendable {
    public var holes: [Hole]
    /// Of random fills.
    public var seed: UInt64

    public init(_ holes: [Hole], seed: UInt64) { (self.holes, self.seed) = (holes, seed) }

    func clipped(to size: ImageSize) -> [Hole] { holes.compactMap { $0.clipped(to: size) } }
}
