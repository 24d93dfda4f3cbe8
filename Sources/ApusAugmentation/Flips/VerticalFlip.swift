import ApusVision
import Glibc

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
        guard let base = bytes.baseAddress else { return }
        let rows = bytes.count / rowBytes
        withUnsafeTemporaryAllocation(byteCount: rowBytes, alignment: 64) { row in
            guard let spare = row.baseAddress else { return }
            for index in 0..<rows / 2 {
                let (upper, lower) = (base + index * rowBytes, base + (rows - 1 - index) * rowBytes)
                memcpy(spare, upper, rowBytes)
                memcpy(upper, lower, rowBytes)
                memcpy(lower, spare, rowBytes)
            }
        }
    }
}
