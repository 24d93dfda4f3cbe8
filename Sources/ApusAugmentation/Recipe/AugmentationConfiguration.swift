import ApusConfiguration

/// The numbers of a detector's training augmentation, under the names and with the defaults that Ultralytics uses,
/// and pipelines before and after it.
public struct AugmentationConfiguration: Equatable, Sendable {
    /// Probability of a mosaic of four images.
    public var mosaic: Double
    /// Rotation within ± degrees.
    public var degrees: Double
    /// Shift within ± this fraction of the side.
    public var translate: Double
    /// Scale within `1 ± scale`.
    public var scale: Double
    /// Shear within ± degrees.
    public var shear: Double
    /// Perspective within ±; up to 0.001.
    public var perspective: Double
    /// Gains of hue, saturation and value.
    public var hsvHue, hsvSaturation, hsvValue: Double
    /// How the hue's gain acts.
    public var hueMode: HSV.HueMode
    /// Probability of mirroring upside down.
    public var flipVertical: Double
    /// Probability of mirroring left to right.
    public var flipHorizontal: Double
    /// Probability of blending in a second image.
    public var mixup: Double
    /// What each picture goes through before mosaic and affine.
    public var pictureTransforms: Pipeline?
    /// What the finished image goes through last.
    public var transforms: Pipeline?

    public init(
        mosaic: Double = 1, degrees: Double = 0, translate: Double = 0.1, scale: Double = 0.5, shear: Double = 0,
        perspective: Double = 0, hsvHue: Double = 0.015, hsvSaturation: Double = 0.7, hsvValue: Double = 0.4,
        hueMode: HSV.HueMode = .additive, flipVertical: Double = 0, flipHorizontal: Double = 0.5, mixup: Double = 0
    ) {
        (self.mosaic, self.degrees, self.translate, self.scale) = (mosaic, degrees, translate, scale)
        (self.shear, self.perspective) = (shear, perspective)
        (self.hsvHue, self.hsvSaturation, self.hsvValue, self.hueMode) = (hsvHue, hsvSaturation, hsvValue, hueMode)
        (self.flipVertical, self.flipHorizontal, self.mixup) = (flipVertical, flipHorizontal, mixup)
    }

    /// No augmentation: each image in the middle of its square.
    public static let none = AugmentationConfiguration(
        mosaic: 0, translate: 0, scale: 0, hsvHue: 0, hsvSaturation: 0, hsvValue: 0, flipHorizontal: 0)

    /// The same without mosaic and mix-up, as the last epochs of a training take it.
    public var closingMosaic: AugmentationConfiguration {
        var result = self
        (result.mosaic, result.mixup) = (0, 0)
        result.pictureTransforms = pictureTransforms?.withoutMixing
        result.transforms = transforms?.withoutMixing
        return result
    }
}

extension AugmentationConfiguration: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case mosaic, degrees, translate, scale, shear, perspective
        case hsvHue = "hsv_h"
        case hsvSaturation = "hsv_s"
        case hsvValue = "hsv_v"
        case hueMode = "hsv_mode"
        case flipVertical = "flipud"
        case flipHorizontal = "fliplr"
        case mixup
        case pictureTransforms = "picture_transforms"
        case transforms

        var range: ClosedRange<Double> {
            switch self {
            case .degrees, .shear: self == .degrees ? 0...180 : 0...80
            case .perspective: 0...0.001
            case .scale: 0...0.99
            default: 0...1
            }
        }
    }

    private static let fields: [(CodingKeys, WritableKeyPath<Self, Double> & Sendable)] = [
        (.mosaic, \.mosaic), (.degrees, \.degrees), (.translate, \.translate), (.scale, \.scale), (.shear, \.shear),
        (.perspective, \.perspective), (.hsvHue, \.hsvHue), (.hsvSaturation, \.hsvSaturation),
        (.hsvValue, \.hsvValue), (.flipVertical, \.flipVertical), (.flipHorizontal, \.flipHorizontal),
        (.mixup, \.mixup),
    ]

    /// A key left out has its default; a number out of its range is an error.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        for (key, path) in Self.fields {
            guard let value = try container.decodeIfPresent(Double.self, forKey: key) else { continue }
            guard key.range.contains(value) else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: container,
                    debugDescription: "\(key.stringValue) is \(value), expected \(key.range.lowerBound) to "
                        + "\(key.range.upperBound)")
            }
            self[keyPath: path] = value
        }
        hueMode = try container.decodeIfPresent(HSV.HueMode.self, forKey: .hueMode) ?? hueMode
        pictureTransforms = try Self.pipeline(.pictureTransforms, container)
        transforms = try Self.pipeline(.transforms, container)
    }

    /// A pipeline whose pixels are still bytes at its end.
    private static func pipeline(
        _ key: CodingKeys, _ container: KeyedDecodingContainer<CodingKeys>
    ) throws -> Pipeline? {
        guard let pipeline = try container.decodeIfPresent(Pipeline.self, forKey: key) else { return nil }
        if let problem = pipeline.trainingProblem {
            throw DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: problem)
        }
        return pipeline
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        for (key, path) in Self.fields { try container.encode(self[keyPath: path], forKey: key) }
        try container.encode(hueMode, forKey: .hueMode)
        try container.encodeIfPresent(pictureTransforms, forKey: .pictureTransforms)
        try container.encodeIfPresent(transforms, forKey: .transforms)
    }
}
