import ApusConfiguration

/// How objects are cut out for a top-down pose model, and the numbers of their augmentation.
public struct CropAugmentation: Defaulted, Validated, Equatable, Sendable {
    /// By how much a box is enlarged.
    public var padding = 1.25
    /// Scale within `1 ± scale`.
    public var scale = 0.35
    /// Rotation within ± degrees.
    public var degrees = 40.0
    /// Shift within ± this fraction of the crop's sides.
    public var translate = 0.1
    /// Probability of mirroring left to right.
    public var flipHorizontal = 0.5
    /// Gains of hue, saturation and value.
    public var hsvHue = 0.015, hsvSaturation = 0.7, hsvValue = 0.4
    /// What the finished crop goes through last.
    public var transforms: Pipeline?

    public init() {}

    enum CodingKeys: String, CodingKey {
        case padding, scale, degrees, translate, transforms
        case flipHorizontal = "fliplr"
        case hsvHue = "hsv_h"
        case hsvSaturation = "hsv_s"
        case hsvValue = "hsv_v"
    }

    public func problems() -> [ConfigurationProblem] {
        [
            .range("padding", padding, 0.5...4), .range("scale", scale, 0...0.99), .range("degrees", degrees, 0...180),
            .range("translate", translate, 0...1), .range("fliplr", flipHorizontal, 0...1),
            .range("hsv_h", hsvHue, 0...1), .range("hsv_s", hsvSaturation, 0...1), .range("hsv_v", hsvValue, 0...1),
            transforms?.trainingProblem.map { ConfigurationProblem("transforms", expected: $0) },
        ].compactMap { $0 }
    }
}
