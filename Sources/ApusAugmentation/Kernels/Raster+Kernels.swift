import ApusVision
import CApusKernels

/// Kernels refuse only where no memory is left, as an array would.
func check(_ isDone: Bool) { precondition(isDone, "no memory left for a pixel transform") }

extension Raster {
    var pixelCount: Int { width * height }

    /// Lets a kernel work on the elements where they lie; it says whether it could.
    mutating func modifyPixels(_ body: (inout apus_pixels) -> Bool) {
        let (size, channels, element) = (size, Int32(channels), Int32(isFloat ? 4 : 1))
        modifyBytes { bytes in
            var pixels = apus_pixels(
                elements: bytes.baseAddress, size: element, width: Int32(size.width), height: Int32(size.height),
                channels: channels)
            check(body(&pixels))
        }
    }

    /// Works on bytes: floats are rounded to 255 levels before, and scaled back after.
    mutating func asBytes(_ body: (inout Raster) -> Void) {
        guard isFloat else { return body(&self) }
        var bytes = inBytes(scale: 255)
        body(&bytes)
        self = bytes.inFloats(scale: 1 / 255)
    }

    /// Works on floats from 0 to 1: bytes are scaled before, and rounded back after.
    mutating func asFloats(_ body: (inout Raster) -> Void) {
        guard !isFloat else { return body(&self) }
        var floats = inFloats(scale: 1 / 255)
        body(&floats)
        self = floats.inBytes(scale: 255)
    }

    /// Bytes of `element · scale`, rounded and clamped; bytes stay as they are.
    func inBytes(scale: Float) -> Raster {
        guard case .float32(let floats) = storage else { return self }
        return Raster(
            size: size, channels: channels,
            uint8: { apus_floats_to_bytes(floats, floats.count, scale, $0.baseAddress) })
    }

    /// Floats of `element · scale`; floats stay as they are.
    func inFloats(scale: Float) -> Raster {
        guard case .uint8(let bytes) = storage else { return self }
        return Raster(
            size: size, channels: channels,
            float32: { apus_bytes_to_floats(bytes, bytes.count, scale, $0.baseAddress) })
    }

    /// Replaces bytes by their entries in a table of 256, or in one for each channel; floats by `float(element, channel)`.
    mutating func map(_ tables: [UInt8], floats: (UnsafeMutableBufferPointer<Float>) -> Void) {
        let (pixels, channels) = (pixelCount, channels)
        modify(
            uint8: { bytes in
                if tables.count == 256 {
                    apus_map_bytes(bytes.baseAddress, bytes.count, tables)
                } else {
                    apus_map_channels(bytes.baseAddress, pixels, Int32(channels), tables)
                }
            }, float32: floats)
    }

    /// `clamp(element · scale[c] + offset[c])`: bytes through tables and cut to whole numbers, in their own units.
    mutating func scale(_ scale: [Double], offset: [Double]) {
        let (pixels, channels) = (pixelCount, channels)
        let tables = isFloat ? [] : scale.indices.flatMap { c in byteTable { $0 * scale[c] + offset[c] } }
        let (scales, offsets) = (spread(scale), spread(offset))
        map(tables) {
            apus_scale_floats($0.baseAddress, pixels, Int32(channels), scales, offsets, 0, 1)
        }
    }

    /// One number for each channel.
    private func spread(_ values: [Double]) -> [Float] {
        (0..<channels).map { Float(values[min($0, values.count - 1)]) }
    }

    /// Floats cut to 0 to 1; bytes stay.
    mutating func clampFloats() {
        modify(uint8: { _ in }, float32: { apus_scale_floats($0.baseAddress, $0.count, 1, [1], [0], 0, 1) })
    }

    /// Every byte's number of occurrences, 256 for each channel; empty of floats.
    func histograms() -> [UInt32] {
        guard case .uint8(let bytes) = storage else { return [] }
        return [UInt32](unsafeUninitializedCapacity: 256 * channels) { counts, initialized in
            apus_count_bytes(bytes, pixelCount, Int32(channels), counts.baseAddress)
            initialized = 256 * channels
        }
    }
}

/// For each byte a number, cut to a whole one and clamped.
func byteTable(_ value: (Double) -> Double) -> [UInt8] {
    (0..<256).map { UInt8(min(max(value(Double($0)), 0), 255)) }
}

/// For each byte a number, rounded (halves to even) and clamped.
func roundedTable(_ value: (Double) -> Double) -> [UInt8] {
    (0..<256).map { UInt8(min(max(value(Double($0)), 0), 255).rounded(.toNearestOrEven)) }
}
