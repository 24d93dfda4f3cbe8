import ApusVision
import CApusKernels
import CApusOpenCV

extension Raster {
    /// Moved by a map from places to places. Weighted or nearest pixels are the kernels' work, wider windows OpenCV's.
    func warped(
        by map: ProjectiveMap, to target: ImageSize, _ resampling: Resampling, _ border: BorderMode, _ fill: Fill
    ) -> Raster {
        guard map != .identity || target != size else { return self }
        guard map.isFinite, isSampled, let inverse = map.onPixelIndices.inverse else { return self }
        if resampling.isWide { return warpedWide(by: map, to: target, resampling, border, fill) }
        return sampled(to: target, resampling, border, fill) { source, output in
            apus_warp_plane(source, inverse.elements, output, Int32(target.width), Int32(target.height))
        }
    }

    private func warpedWide(
        by map: ProjectiveMap, to target: ImageSize, _ resampling: Resampling, _ border: BorderMode, _ fill: Fill
    ) -> Raster {
        let forward = map.onPixelIndices
        let values = (0..<channels).map { fill[$0] }
        let isAffine = forward.elements[6] == 0 && forward.elements[7] == 0
        return OpenCV.map(self, to: target) { source, destination in
            (isAffine ? apus_cv_warp_affine_raster : apus_cv_warp_perspective_raster)(
                source, destination, forward.elements, Int32(resampling.pointwise.rawValue), Int32(border.rawValue),
                values)
        }
    }

    /// Each pixel from the place, in pixel indices, that the field has for it.
    func warped(by field: WarpField, _ resampling: Resampling, _ border: BorderMode, _ fill: Fill) -> Raster {
        guard isSampled else { return self }
        let target = field.size
        if resampling.isWide {
            let values = (0..<channels).map { fill[$0] }
            return OpenCV.map(self, to: target) { source, destination in
                apus_cv_remap_raster(
                    source, destination, field.x, field.y, Int32(resampling.pointwise.rawValue), Int32(border.rawValue),
                    values)
            }
        }
        return sampled(to: target, resampling, border, fill) { source, output in
            apus_warp_field(source, field.x, field.y, output, Int32(target.width), Int32(target.height))
        }
    }

    /// Whether the sides are below what places in 1/32 pixel hold.
    private var isSampled: Bool { max(width, height) < 32_767 }

    private func sampled(
        to target: ImageSize, _ resampling: Resampling, _ border: BorderMode, _ fill: Fill,
        _ body: (UnsafePointer<apus_sampled>, UnsafeMutableRawPointer?) -> Bool
    ) -> Raster {
        let (size, channels, isFloat) = (size, channels, isFloat)
        let isNearest = resampling.pointwise == .nearest
        return pixel(fill).withUnsafeBytes { pixel in
            mappedBytes(to: target) { from, to in
                var source = apus_sampled(
                    elements: from.baseAddress, width: Int32(size.width), height: Int32(size.height),
                    channels: Int32(channels), is_float: isFloat, is_nearest: isNearest,
                    border: apus_border(UInt32(border.rawValue)), fill: pixel.baseAddress)
                check(body(&source, to.baseAddress))
            }
        }
    }
}

extension Resampling {
    /// Whether more than the four pixels around a place count.
    var isWide: Bool { self == .cubic || self == .lanczos4 }
}

extension ProjectiveMap {
    var isFinite: Bool { elements.allSatisfy(\.isFinite) }
}
