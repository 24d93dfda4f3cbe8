import ApusVision
import CApusOpenCV

extension Raster {
    /// Stretched to another size by OpenCV.
    func resampled(to size: ImageSize, _ method: Resampling) -> Raster {
        inFours { part in OpenCV.map(part, to: size) { apus_cv_resample($0, $1, Int32(method.rawValue)) } }
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
