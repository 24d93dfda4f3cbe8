import ApusConfiguration
import ApusCore

/// Keeps a part at a place. Where the image ends before, what there is of it, or its padding.
public struct Crop: PaddedCrop {
    public var x = 0..<1024
    public var y = 0..<1024
    public var padding = CropPadding()

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        var (left, top, right, bottom) = (x.lowerBound, y.lowerBound, x.upperBound, y.upperBound)
        let lengths = 0...32_766
        try parameters.integer("x_min", &left, in: lengths)
        try parameters.integer("y_min", &top, in: lengths)
        try parameters.integer("x_max", &right, in: lengths)
        try parameters.integer("y_max", &bottom, in: lengths)
        guard left < right else { throw parameters.problem("x_max", "x_max must be above x_min") }
        guard top < bottom else { throw parameters.problem("y_max", "y_max must be above y_min") }
        (x, y) = (left..<right, top..<bottom)
        try padding.bind(&parameters)
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> CropFrame? {
        let size = sample.size
        guard padding.isOn else { return inside(size) }
        let goal = ImageSize(width: max(x.upperBound, size.width), height: max(y.upperBound, size.height))
        // The right and the bottom need all of it: a position adds to the left and top, and takes nothing away.
        let needed = Padding(right: goal.width - size.width, bottom: goal.height - size.height)
        let placed = Padding.reaching(goal, from: size).placed(padding.position, using: &stream)
        let added = Padding(left: placed.left, top: placed.top, right: needed.right, bottom: needed.bottom)
        return CropFrame(x: x, y: y).before(added)
    }

    /// What there is of it; nothing is cropped where there is nothing.
    private func inside(_ size: ImageSize) -> CropFrame? {
        let (columns, rows) = (x.clamped(to: 0..<size.width), y.clamped(to: 0..<size.height))
        return columns.isEmpty || rows.isEmpty ? nil : CropFrame(x: columns, y: rows)
    }
}
