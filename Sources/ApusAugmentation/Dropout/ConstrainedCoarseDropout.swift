import ApusConfiguration
import ApusCore
import ApusVision

/// Fills rectangles on objects: those of a mask's values, or boxes of some labels.
public struct ConstrainedCoarseDropout: HoleTransform {
    /// For each object.
    public var count = 1...1
    /// In fractions of the object's sides.
    public var height = 0.1...0.1
    public var width = 0.1...0.1
    public var fill = HoleFill.value(.zero)
    public var maskFill: Fill?
    /// The mask's values that are objects.
    public var maskValues: [Int] = []
    public var boxLabels: [Int] = []

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("num_holes_range", &count, in: 1...4096)
        try parameters.range("hole_height_range", &height, single: .exactly, in: 0...1)
        try parameters.range("hole_width_range", &width, single: .exactly, in: 0...1)
        try parameters.holeFill(&fill, mask: &maskFill)
        try parameters.optionalIntegers("mask_indices", &maskValues)
        try parameters.optionalIntegers("bbox_labels", &boxLabels)
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Holes? {
        let each = stream.integer(count)
        let holes =
            if !maskValues.isEmpty, let mask = sample.masks.first?.raster {
                onMask(mask, each, &stream)
            } else {
                sample.boxes.filter { boxLabels.contains($0.label) }
                    .flatMap { box in (0..<each).map { _ in hole(in: box.box.clipped(to: sample.size), &stream) } }
            }
        return holes.isEmpty ? nil : Holes(holes, seed: stream.next())
    }

    private func hole(in box: BoundingBox, _ stream: inout RandomStream) -> PixelRectangle {
        let rows = Int(stream.uniform(height) * Double(box.height))
        let columns = Int(stream.uniform(width) * Double(box.width))
        let x = Double(box.minX) + stream.uniform(0, 1) * (Double(box.width) - Double(columns))
        let y = Double(box.minY) + stream.uniform(0, 1) * (Double(box.height) - Double(rows))
        return PixelRectangle(left: Int(x), top: Int(y), width: columns, height: rows)
    }

    /// Around pixels of each connected part, its size the root of its area.
    private func onMask(_ mask: Raster, _ each: Int, _ stream: inout RandomStream) -> [PixelRectangle] {
        let values = mask.wholeValues()
        let parts = Components(size: mask.size) { maskValues.contains(values[$0]) ? 1 : 0 }
        return parts.pixels().flatMap { pixels in
            (0..<each).map { _ in
                let pixel = pixels[stream.index(below: pixels.count)]
                let side = Double(pixels.count).squareRoot()
                let rows = Int(stream.uniform(height) * side / 2)
                let columns = Int(stream.uniform(width) * side / 2)
                return PixelRectangle(
                    left: pixel % mask.width - columns, top: pixel / mask.width - rows, width: 2 * columns,
                    height: 2 * rows)
            }
        }
    }
}
