import ApusConfiguration
import ApusCore
import ApusVision

/// Turns about the centre, and shrinks so that the whole image stays in a frame of its old size.
public struct SafeRotate: PlaneTransform {
    /// Degrees, counter-clockwise on the screen.
    public var limit = -90.0...90.0
    public var look = PlaneLook()

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.range("limit", &limit, in: -36_000...36_000)
        try look.bindTurning(&parameters)
        parameters.skip(
            "balanced_scale", "fit_output", "keep_ratio", "rotate", "scale", "shear", "translate_percent",
            "translate_px")
    }

    /// As Albumentations draws it, the picture lies half a pixel of the frame further right and down than its middle;
    /// boxes go with the picture here (there they do not).
    public func draw(for sample: Sample, using stream: inout RandomStream) -> PlaneWarp? {
        let size = sample.size
        let turn = ProjectiveMap.rotation(degrees: stream.uniform(limit))
        let (width, height) = (Double(size.width), Double(size.height))
        let (cosine, sine) = (abs(turn.elements[0]), abs(turn.elements[1]))
        let extent = Point(
            (height * sine + width * cosine).rounded(.towardZero), (height * cosine + width * sine).rounded(.towardZero)
        )
        let frame = pointwiseMax(extent, Point(1, 1))
        let map =
            ProjectiveMap.translation(x: 0.5, y: 0.5) * .scaling(x: width / frame.x, y: height / frame.y)
            * .translation(x: frame.x / 2, y: frame.y / 2) * turn * .translation(x: -width / 2, y: -height / 2)
        return PlaneWarp(map: map, outputSize: size)
    }
}
