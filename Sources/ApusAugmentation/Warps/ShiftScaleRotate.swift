import ApusConfiguration
import ApusCore
import ApusVision

/// Shifts, scales and turns about the centre: `Affine` by Albumentations' older parameters.
public struct ShiftScaleRotate: PlaneTransform {
    /// In fractions of the sides.
    public var shiftX = -0.0625...0.0625
    public var shiftY = -0.0625...0.0625
    /// What is added to 1.
    public var scaleChange = -0.1...0.1
    /// Degrees, counter-clockwise on the screen.
    public var rotation = -45.0...45.0
    public var look = PlaneLook()

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try bindShift(&parameters)
        try parameters.range("scale_limit", &scaleChange, in: -0.999...1000)
        try parameters.range("rotate_limit", &rotation, in: -36_000...36_000)
        try look.bindTurning(&parameters)
    }

    /// One range for both axes, or one for each.
    private mutating func bindShift(_ parameters: inout Parameters) throws(ConfigurationError) {
        var both: ClosedRange<Double>? = shiftX == shiftY ? shiftX : nil
        var x: ClosedRange<Double>? = both == nil ? shiftX : nil
        var y: ClosedRange<Double>? = both == nil ? shiftY : nil
        try parameters.optionalRange("shift_limit", &both, in: -1...1)
        try parameters.optionalRange("shift_limit_x", &x, in: -1...1)
        try parameters.optionalRange("shift_limit_y", &y, in: -1...1)
        (shiftX, shiftY) = (x ?? both ?? shiftX, y ?? both ?? shiftY)
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> PlaneWarp? {
        var affine = Affine()
        let scale = 1 + scaleChange.lowerBound...1 + scaleChange.upperBound
        affine.scale = AxisRanges(scale)
        affine.translateFraction = AxisRanges(x: shiftX, y: shiftY)
        affine.rotation = rotation
        return affine.draw(for: sample, using: &stream)
    }
}

extension Parameters {
    /// A range, or one number for both signs; `null` in the file is `nil`.
    mutating func optionalRange(
        _ key: String, _ value: inout ClosedRange<Double>?, in bounds: ClosedRange<Double>
    ) throws(ConfigurationError) {
        try self.value(
            key, &value,
            read: { node throws(ConfigurationError) in
                node.isNull ? nil : try node.range(single: .symmetric, in: bounds)
            },
            write: { value in value.map { .list([.number($0.lowerBound), .number($0.upperBound)]) } ?? .nothing })
    }
}
