/// Which pixels of an image belong to an object.
public struct Mask: Hashable, Sendable {
    public let width, height: Int
    /// One value a pixel, row by row.
    public var bits: [Bool]

    public init(width: Int, height: Int, bits: [Bool]) {
        precondition(bits.count == width * height, "\(bits.count) bits, expected \(width)×\(height)")
        (self.width, self.height, self.bits) = (width, height, bits)
    }

    public init(width: Int, height: Int) {
        self.init(width: width, height: height, bits: Array(repeating: false, count: width * height))
    }

    public subscript(x: Int, y: Int) -> Bool {
        get { bits[y * width + x] }
        set { bits[y * width + x] = newValue }
    }

    /// How many pixels belong to the object.
    public var area: Int { bits.count { $0 } }

    /// The smallest box around the object; `nil` where no pixel belongs to it.
    public var boundingBox: BoundingBox? {
        let rows = (0..<height).filter { y in (0..<width).contains { self[$0, y] } }
        let columns = (0..<width).filter { x in (0..<height).contains { self[x, $0] } }
        guard let top = rows.first, let bottom = rows.last, let left = columns.first, let right = columns.last
        else { return nil }
        return BoundingBox(minX: Float(left), minY: Float(top), maxX: Float(right + 1), maxY: Float(bottom + 1))
    }
}
