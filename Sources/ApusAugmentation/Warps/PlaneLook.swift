import ApusConfiguration

/// How a moved plane is shown: its pixels, what stands where it has none, and what becomes of boxes.
public struct PlaneLook: Hashable, Sendable {
    public var resampling = Resampling.linear
    public var maskResampling = Resampling.nearest
    public var border = BorderMode.constant
    public var fill = Fill.zero
    public var maskFill = Fill.zero
    public var boxShape = BoxShape.largestBox

    public init() {}

    mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.resampling(&resampling, mask: &maskResampling)
        try parameters.border(&border, fill: &fill, mask: &maskFill)
    }

    /// Also what stands for an object while its box turns.
    mutating func bindTurning(_ parameters: inout Parameters) throws(ConfigurationError) {
        try bind(&parameters)
        try parameters.choice("rotate_method", &boxShape)
    }
}
