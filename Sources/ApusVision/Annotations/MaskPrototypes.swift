import CApusKernels

/// The planes that the masks of an image are mixed from.
///
/// Bolya et al., *YOLACT: Real-time Instance Segmentation*, <https://arxiv.org/abs/1904.02689>.
public struct MaskPrototypes {
    /// `[count, height, width]`.
    public let planes: UnsafeBufferPointer<Float>
    public let count, width, height: Int
    private let placement: Placement

    /// - Parameter placement: how the image lies in the input, all of which the planes cover.
    public init(planes: UnsafeBufferPointer<Float>, count: Int, width: Int, height: Int, placement: Placement) {
        precondition(planes.count == count * width * height && width > 0 && height > 0, "planes of another size")
        (self.planes, self.count, self.width, self.height) = (planes, count, width, height)
        self.placement = placement
    }

    /// The pixels of `box` where the mixed planes, interpolated bilinearly, are above 0: where their sigmoid is above
    /// one half.
    ///
    /// - Parameters:
    ///   - coefficients: one a plane.
    ///   - box: in pixels of the image; a pixel whose centre lies outside is none of the object's.
    public func mask(_ coefficients: [Float], in box: BoundingBox) -> RegionMask {
        precondition(coefficients.count == count, "\(coefficients.count) coefficients for \(count) planes")
        let columns = Self.pixels(box.minX, box.maxX, placement.imageWidth)
        let rows = Self.pixels(box.minY, box.maxY, placement.imageHeight)
        var mask = RegionMask(
            imageWidth: placement.imageWidth, imageHeight: placement.imageHeight, left: columns.lowerBound,
            top: rows.lowerBound, width: columns.count, height: rows.count)
        guard !columns.isEmpty, !rows.isEmpty else { return mask }
        fill(&mask, coefficients, horizontal(columns), vertical(rows))
        return mask
    }

    /// Those whose centres lie between two edges.
    private static func pixels(_ low: Float, _ high: Float, _ limit: Int) -> Range<Int> {
        guard low.isFinite, high.isFinite else { return 0..<0 }
        let edge = { (value: Float) in Int(min(max((value - 0.5).rounded(.up), 0), Float(limit))) }
        return edge(low)..<max(edge(low), edge(high))
    }

    private func horizontal(_ columns: Range<Int>) -> RegionTaps {
        let cells = Float(width) / Float(placement.inputWidth)
        return RegionTaps(
            pixels: columns, scale: placement.scaleX * cells, offset: Float(placement.left) * cells, count: width)
    }

    private func vertical(_ rows: Range<Int>) -> RegionTaps {
        let cells = Float(height) / Float(placement.inputHeight)
        return RegionTaps(
            pixels: rows, scale: placement.scaleY * cells, offset: Float(placement.top) * cells, count: height)
    }

    private func fill(
        _ mask: inout RegionMask, _ coefficients: [Float], _ columns: RegionTaps, _ rows: RegionTaps
    ) {
        let (tileWidth, tileHeight) = (columns.cells.count, rows.cells.count)
        let (area, height) = (tileWidth * tileHeight, mask.wordsPerColumn * 64)
        let place = rows.cells.lowerBound * width + columns.cells.lowerBound
        guard let corner = planes.baseAddress?.advanced(by: place) else { return }
        withUnsafeTemporaryAllocation(of: Float.self, capacity: area + (tileWidth + 1) * height) { scratch in
            guard let tile = scratch.baseAddress else { return }
            apus_region_sums(corner, width * self.height, width, coefficients, count, tileWidth, tileHeight, tile)
            columns.withTaps { across in
                rows.withTaps { down in
                    mask.withMutableWords { words in
                        apus_region_bits(tile, tileWidth, tileHeight, across, down, tile + area, words)
                    }
                }
            }
        }
    }
}

extension RegionMask {
    fileprivate mutating func withMutableWords(_ body: (UnsafeMutablePointer<UInt64>) -> Void) {
        words.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { body(base) } }
    }
}
