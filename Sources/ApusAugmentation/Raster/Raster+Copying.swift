import ApusVision
import CApusKernels

extension Raster {
    /// One colour, of another raster's kind and number of channels.
    init(size: ImageSize, fill: Fill, like other: Raster) {
        let (pixel, bytes, count) = (other.pixel(fill), Int32(other.pixelBytes), size.width * size.height)
        if other.isFloat {
            self.init(
                size: size, channels: other.channels,
                float32: { apus_fill_pixels($0.baseAddress, count, pixel, bytes) })
        } else {
            self.init(
                size: size, channels: other.channels, uint8: { apus_fill_pixels($0.baseAddress, count, pixel, bytes) })
        }
    }

    /// The same picture in another raster's kind and number of channels: 255 bytes are 1, the last channel is repeated.
    func converted(like other: Raster) -> Raster {
        let chosen = (0..<other.channels).map { min($0, channels - 1) }
        let fitting = channels == other.channels ? self : self.channels(chosen)
        switch (fitting.storage, other.isFloat) {
        case (.uint8(let elements), true):
            return Raster(size: size, channels: other.channels, float32: elements.map { Float($0) / 255 })
        case (.float32(let elements), false):
            let bytes = elements.map { UInt8(max(0, min(255, ($0 * 255).rounded()))) }
            return Raster(size: size, channels: other.channels, uint8: bytes)
        default: return fitting
        }
    }

    /// Copies a part of another raster of the same kind and channels to a place here; both must hold it.
    mutating func copy(_ part: PixelRectangle, of other: Raster, toLeft left: Int, top: Int) {
        precondition(
            other.channels == channels && other.isFloat == isFloat
                && part == part.clipped(to: other.size)
                && PixelRectangle(left: left, top: top, width: part.width, height: part.height).clipped(to: size).size
                    == part.size,
            "a part of \(part) of \(other.size) at (\(left), \(top)) of \(size)")
        let (pixelBytes, width) = (pixelBytes, width)
        other.readBytes { from in
            modifyBytes { to in
                for row in 0..<part.height {
                    let source = ((part.top + row) * other.width + part.left) * pixelBytes
                    let target = ((top + row) * width + left) * pixelBytes
                    let bytes = UnsafeRawBufferPointer(rebasing: from[source..<source + part.width * pixelBytes])
                    UnsafeMutableRawBufferPointer(rebasing: to[target..<target + bytes.count]).copyMemory(from: bytes)
                }
            }
        }
    }

    /// `self · share + other · (1 − share)`, rounded; both of one size, kind and number of channels.
    mutating func blend(_ other: Raster, share: Double) {
        precondition(other.size == size && other.channels == channels && other.isFloat == isFloat, "two shapes")
        switch other.storage {
        case .uint8(let from):
            modify(uint8: { apus_blend_bytes($0.baseAddress, from, from.count, Float(share)) }, float32: { _ in })
        case .float32(let from):
            modify(uint8: { _ in }, float32: { apus_blend_floats($0.baseAddress, from, from.count, Float(share)) })
        }
    }

    /// The larger of both at each place.
    mutating func takeMaximum(_ other: Raster) {
        guard other.size == size, other.channels == channels, other.isFloat == isFloat else { return }
        switch other.storage {
        case .uint8(let from):
            modify(
                uint8: { to in for index in to.indices { to[index] = max(to[index], from[index]) } }, float32: { _ in })
        case .float32(let from):
            modify(
                uint8: { _ in }, float32: { to in for index in to.indices { to[index] = max(to[index], from[index]) } })
        }
    }
}
