import CApusKernels

/// Planes of scores, one a class: what a semantic segmentation model gives.
public struct ClassScores {
    /// `[count, height, width]`.
    public let planes: UnsafeBufferPointer<Float>
    public let count, width, height: Int

    public init(planes: UnsafeBufferPointer<Float>, count: Int, width: Int, height: Int) {
        precondition(planes.count == count * width * height && width > 0 && height > 0, "planes of another size")
        precondition((1...256).contains(count), "\(count) classes do not fit into bytes")
        (self.planes, self.count, self.width, self.height) = (planes, count, width, height)
    }

    /// The class of each pixel of the image: the one of the largest score, interpolated bilinearly; the first of equal
    /// ones.
    ///
    /// - Parameter placement: how the image lies in the input, all of which the planes cover.
    public func labels(_ placement: Placement) -> IndexImage {
        let (across, down) = (Float(width) / Float(placement.inputWidth), Float(height) / Float(placement.inputHeight))
        let columns = RegionTaps(
            pixels: 0..<placement.imageWidth, scale: placement.scaleX * across, offset: Float(placement.left) * across,
            count: width)
        let rows = RegionTaps(
            pixels: 0..<placement.imageHeight, scale: placement.scaleY * down, offset: Float(placement.top) * down,
            count: height)
        var labels = [UInt8](repeating: 0, count: placement.imageWidth * placement.imageHeight)
        labels.withUnsafeMutableBufferPointer { fill($0, columns, rows) }
        return IndexImage(width: placement.imageWidth, height: placement.imageHeight, indices: labels)
    }

    private func fill(_ labels: UnsafeMutableBufferPointer<UInt8>, _ columns: RegionTaps, _ rows: RegionTaps) {
        // The taps count from the first cell that is read.
        let (left, top) = (columns.cells.lowerBound, rows.cells.lowerBound)
        var line = [Float](repeating: 0, count: width)
        var best = [Float](repeating: 0, count: columns.count)
        guard let start = planes.baseAddress, let output = labels.baseAddress else { return }
        columns.withTaps { across in
            for y in 0..<rows.count {
                let tap = rows.tap(y)
                let (first, second) = (start + (top + tap.first) * width, start + (top + tap.second) * width)
                apus_region_classes(
                    first + left, second + left, tap.weight, width * height, count, columns.cells.count, across, &line,
                    &best, output + y * columns.count)
            }
        }
    }
}
