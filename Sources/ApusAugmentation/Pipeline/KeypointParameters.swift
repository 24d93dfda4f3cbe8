import ApusConfiguration
import ApusVision

/// What becomes of keypoints: Albumentations' `KeypointParams`.
public struct KeypointParameters: Hashable, Sendable {
    /// The orders of numbers that Albumentations knows; a `Sample`'s points are x and y in pixels.
    public enum Format: String, Codable, Hashable, Sendable, CaseIterable {
        case xy, yx, xya, xys, xyas, xysa, xyz
    }

    public var format = Format.xy
    public var labelFields: [String]?
    /// Whether points outside the image leave the list. By default not, other than in Albumentations: a skeleton's
    /// points are known by their place in the list, and one outside is absent.
    public var removesInvisible = false
    public var anglesAreDegrees = true
    public var checksEachTransform = true

    public init() {}

    mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.choice("format", &format)
        try parameters.texts("label_fields", &labelFields)
        try parameters.flag("remove_invisible", &removesInvisible)
        try parameters.flag("angle_in_degrees", &anglesAreDegrees)
        try parameters.flag("check_each_transform", &checksEachTransform)
    }
}

extension Sample {
    /// Takes absent points out of the lists, and objects without points.
    mutating func removeAbsentPoints() {
        keypoints = keypoints.map { Keypoints($0.points.filter { $0.visibility != .absent }) }
            .filter { !$0.points.isEmpty }
        keypointMirror = []
    }
}
