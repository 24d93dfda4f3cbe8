import ApusConfiguration
import ApusCore
import ApusVision

/// Bends the picture as a lens does.
public struct OpticalDistortion: FieldTransform {
    /// The strength: below 0 a cushion, above a barrel.
    public var limit = -0.05...0.05
    public var lens = Lens.camera
    public var look = WarpLook()

    public enum Lens: String, CaseIterable, Sendable { case camera, fisheye }

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("distort_limit", &limit, in: -100...100)
        try parameters.choice("mode", &lens)
        try look.bind(&parameters)
    }

    /// The strength.
    public func draw(for sample: Sample, using stream: inout RandomStream) -> Double? { stream.uniform(limit) }

    public func sources(_ draw: Double, of size: ImageSize) -> FieldSources? {
        guard draw.isFinite else { return nil }
        let middle = Point(Double(size.width), Double(size.height)) / 2
        // A camera's result is centred on the middle pixel, a fisheye's between the two.
        let origin = lens == .camera ? middle - 0.5 : middle
        let unit = lens == .camera ? middle * 2 : Point(repeating: (middle * middle).sum().squareRoot())
        let quartic = lens == .camera ? draw : 0
        let field = WarpField(size: size) { x, y in
            for row in 0..<size.height {
                for column in 0..<size.width {
                    let offset = Point(Double(column), Double(row)) - origin
                    let share = offset / unit
                    let square = (share * share).sum()
                    let place = offset * (1 + square * (draw + quartic * square)) + middle
                    x[row * size.width + column] = Float(place.x)
                    y[row * size.width + column] = Float(place.y)
                }
            }
        }
        return FieldSources(field)
    }
}
