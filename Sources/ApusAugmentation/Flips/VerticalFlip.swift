import ApusVision

/// Mirrors a sample about its horizontal axis; applied twice, it is the identity.
public struct VerticalFlip: SpatialTransform {
    public init() {}

    public func apply(_ draw: NoDraw, to image: inout Raster) {
        let rowBytes = image.width * image.pixelBytes
        image.modifyBytes { Self.mirror($0, rowBytes: rowBytes) }
    }

    public func apply(_ draw: NoDraw, to point: Point, in size: ImageSize) -> Point {
        Point(point.x, Double(size.height) - point.y)
    }

    public func mirrors(_ draw: NoDraw) -> Bool { true }

    /// Exchanges rows where they lie.
    static func mirror(_ bytes: UnsafeMutableRawBufferPointer, rowBytes: Int) {
        guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
        let rows = bytes.count / rowBytes
        for row in 0..<rows / 2 {
            let upper = UnsafeMutableBufferPointer(start: base + row * rowBytes, count: rowBytes)
            let lower = base + (rows - 1 - row) * rowBytes
            for index in upper.indices { swap(&upper[index], &lower[index]) }
        }
    }
}
