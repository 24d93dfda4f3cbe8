import ApusVision
import CApusKernels

/// Mirrors a sample about its vertical axis; applied twice, it is the identity.
public struct HorizontalFlip: SpatialTransform {
    public init() {}

    public func apply(_ draw: NoDraw, to image: inout Raster) {
        let (rowPixels, pixelBytes) = (image.width, image.pixelBytes)
        image.modifyBytes { Self.mirror($0, rowPixels: rowPixels, pixelBytes: pixelBytes) }
    }

    public func apply(_ draw: NoDraw, to point: Point, in size: ImageSize) -> Point {
        Point(Double(size.width) - point.x, point.y)
    }

    public func mirrors(_ draw: NoDraw) -> Bool { true }
}

extension HorizontalFlip {
    /// Mirrors each row of pixels where it lies.
    static func mirror(_ bytes: UnsafeMutableRawBufferPointer, rowPixels: Int, pixelBytes: Int) {
        guard let base = bytes.baseAddress else { return }
        let rowBytes = rowPixels * pixelBytes
        for row in stride(from: 0, to: bytes.count, by: rowBytes) {
            switch pixelBytes {
            case 1: mirror(base + row, as: UInt8.self, count: rowPixels)
            case 3: apus_mirror_row((base + row).assumingMemoryBound(to: UInt8.self), rowPixels)
            case 4: mirror(base + row, as: UInt32.self, count: rowPixels)
            default: mirror(base + row, count: rowPixels, pixelBytes: pixelBytes)
            }
        }
    }

    @inline(__always)
    private static func mirror<Pixel>(_ row: UnsafeMutableRawPointer, as type: Pixel.Type, count: Int) {
        let pixels = row.assumingMemoryBound(to: Pixel.self)
        var (left, right) = (pixels, pixels + max(count - 1, 0))
        while left < right {
            swap(&left.pointee, &right.pointee)
            left += 1
            right -= 1
        }
    }

    private static func mirror(_ row: UnsafeMutableRawPointer, count: Int, pixelBytes: Int) {
        let bytes = row.assumingMemoryBound(to: UInt8.self)
        for x in 0..<count / 2 {
            let (left, right) = (bytes + x * pixelBytes, bytes + (count - 1 - x) * pixelBytes)
            for byte in 0..<pixelBytes { swap(&left[byte], &right[byte]) }
        }
    }
}
