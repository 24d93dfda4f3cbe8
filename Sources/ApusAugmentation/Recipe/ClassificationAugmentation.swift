import ApusConfiguration

/// The numbers of a classifier's training augmentation, under the names that timm and Ultralytics use.
public struct ClassificationAugmentation: Defaulted, Validated, Equatable, Sendable {
    /// What chooses among fourteen operations for each image.
    public enum Automatic: String, Codable, CaseIterable, Hashable, Sendable {
        case none, randaugment, trivialaugment
    }

    /// The part of an image's area that a crop keeps: [least, most], or a number s for [1 − s, 1].
    public var scale: OneOrMany<Double> = [0.5, 1]
    /// Least and most width of the crop by its height.
    public var ratio = [0.75, 4.0 / 3]
    /// Probability of mirroring left to right, and upside down.
    public var flipHorizontal = 0.5, flipVertical = 0.0
    public var automatic = Automatic.randaugment
    /// randaugment: how many operations, and how strong each is, 0 to 30.
    public var operations = 2, magnitude = 9
    /// Jitter within ±: of the hue in turns, and of saturation, brightness and contrast by factors.
    public var hsvHue = 0.015, hsvSaturation = 0.7, hsvValue = 0.4
    /// Jitter of brightness, contrast and saturation within ± this factor, beside the above.
    public var colorJitter = 0.0
    /// Probability of erasing a rectangle.
    public var erasing = 0.4
    /// Both parameters of the Beta distribution that shares are drawn from; 0 for none.
    public var mixup = 0.0, cutmix = 0.0
    /// Probability that a pair of images is mixed at all, and by cutmix where both are on.
    public var mixProbability = 1.0, switchProbability = 0.5
    /// Evaluation: the part of the resized image's shorter side that the centre crop keeps.
    public var cropFraction = 1.0
    /// What the finished image goes through last.
    public var transforms: Pipeline?

    public init() {}

    /// To what the shorter side is resized before the middle square of this side is cut out, as torchvision's `Resize`;
    /// `nil` where the crop keeps all of it.
    public func shorterSide(cropping side: Int) -> Int? {
        let shorter = Int(Double(side) / min(max(cropFraction, 0.1), 1))
        return shorter > side ? shorter : nil
    }

    enum CodingKeys: String, CodingKey {
        case scale, ratio, erasing, mixup, cutmix, magnitude, transforms
        case flipHorizontal = "fliplr"
        case flipVertical = "flipud"
        case automatic = "auto_augment"
        case operations = "num_ops"
        case hsvHue = "hsv_h"
        case hsvSaturation = "hsv_s"
        case hsvValue = "hsv_v"
        case colorJitter = "color_jitter"
        case mixProbability = "mixup_prob"
        case switchProbability = "mixup_switch_prob"
        case cropFraction = "crop_fraction"
    }

    public func problems() -> [ConfigurationProblem] {
        [
            .require(
                "scale", cropScale != nil, expected: "[least, most] above 0 up to 1, or a number from 0 to below 1",
                found: scale.values),
            .require(
                "ratio", ratio.count == 2 && ratio[0] > 0.001 && ratio[0] <= ratio[1] && ratio[1] < 1000,
                expected: "[least, most] above 0", found: ratio),
            .range("fliplr", flipHorizontal, 0...1), .range("flipud", flipVertical, 0...1),
            .range("num_ops", operations, 0...20), .range("magnitude", magnitude, 0...30),
            .range("hsv_h", hsvHue, 0...0.5), .range("hsv_s", hsvSaturation, 0...1), .range("hsv_v", hsvValue, 0...1),
            .range("color_jitter", colorJitter, 0...1), .range("erasing", erasing, 0...1),
            .range("mixup", mixup, 0...1000), .range("cutmix", cutmix, 0...1000),
            .range("mixup_prob", mixProbability, 0...1), .range("mixup_switch_prob", switchProbability, 0...1),
            .range("crop_fraction", cropFraction, 0.1...1),
            transforms?.trainingProblem.map { ConfigurationProblem("transforms", expected: $0) },
        ].compactMap { $0 }
    }

    /// The range of `scale`; `nil` where it makes none.
    var cropScale: ClosedRange<Double>? {
        let values = scale.values
        let pair = values.count == 1 ? [1 - values[0], 1] : values
        guard pair.count == 2, pair[0] > 0, pair[0] <= pair[1], pair[1] <= 1 else { return nil }
        return pair[0]...pair[1]
    }
}
