import ApusVision
import CApusKernels
import CApusOpenCV

extension Raster {
    /// Stretched to another size: bilinear bytes by the kernel of crops, everything else by OpenCV.
    func resampled(to size: ImageSize, _ method: Resampling) -> Raster {
        if isBilinear(method) { return windowed(CropFrame(size: self.size, output: size), .constant, .zero) }
        return inFours { part in OpenCV.map(part, to: size) { apus_cv_resample($0, $1, Int32(method.rawValue)) } }
    }

    /// Whether a resizing is the kernel's work.
    func isBilinear(_ method: Resampling) -> Bool { method == .linear && !isFloat }

    /// A rectangle, which may reach beyond the raster of bytes, brought to its output size; bilinear.
    func windowed(_ frame: CropFrame, _ border: BorderMode, _ fill: Fill) -> Raster {
        let (pixel, size, channels) = (pixel(fill), size, channels)
        return pixel.withUnsafeBufferPointer { pixel in
            mapped(
                to: frame.output,
                uint8: { from, to in
                    var window = apus_window_of_image(
                        pixels: from.baseAddress, width: Int32(size.width), height: Int32(size.height),
                        channels: Int32(channels), left: Int32(frame.x), top: Int32(frame.y),
                        columns: Int32(frame.size.width), rows: Int32(frame.size.height),
                        border: apus_border(UInt32(border.rawValue)), fill: pixel.baseAddress)
                    check(
                        apus_resize_window(
                            &window, to.baseAddress, Int32(frame.output.width), Int32(frame.output.height)))
                }, float32: { _, _ in preconditionFailure("floats are resized by OpenCV") })
        }
    }

    /// Scaled by a factor; the new size is rounded.
    func resampled(by scale: Double, _ method: Resampling) -> Raster {
        func scaled(_ side: Int) -> Int { max(Int((Double(side) * scale).rounded(.toNearestOrEven)), 1) }
        let size = ImageSize(width: scaled(width), height: scaled(height))
        return inFours { part in
            OpenCV.map(part, to: size) { apus_cv_resample_by($0, $1, scale, Int32(method.rawValue)) }
        }
    }

    /// OpenCV resizes up to four channels: more go one by one.
    private func inFours(_ body: (Raster) -> Raster) -> Raster {
        guard channels > 4 else { return body(self) }
        let planes = planes().map(body)
        return planes[0].joined(planes)
    }
}
