import ApusConfiguration
import ApusCore
import ApusVision

/// How an image becomes a model's input: resized and placed, then `(value · scale − mean) / std` for each channel.
public struct Preprocessing: Defaulted, Hashable, Sendable {
    /// How an image of another shape comes into the input.
    public enum Fit: String, Codable, Sendable, CaseIterable {
        /// Resized to the input's extents, whatever becomes of its shape.
        case stretch
        /// Its shape kept, centred on padding; sides are rounded.
        case letterbox
        /// Its shape kept, in the upper left corner of the padding; sides are cut to whole pixels.
        case letterboxTopLeft = "letterbox-top-left"
        /// Its shape kept, the shorter side resized to `resize` (or to cover the input), and the middle cut out.
        case centerCrop = "center-crop"
        /// Its shape kept inside `size`; the input is as large as the image then, rounded up to `multiple`.
        case keepRatio = "keep-ratio"
        /// As high as the input and as wide as its shape asks, at most as the input; padded on the right.
        case height
    }

    public enum Channels: String, Codable, Sendable, CaseIterable { case rgb = "RGB", bgr = "BGR", grey }

    public enum Layout: String, Codable, Sendable, CaseIterable {
        case nchw = "NCHW", nhwc = "NHWC", chw = "CHW", hwc = "HWC"
    }

    public enum ElementType: String, Codable, Sendable, CaseIterable { case float32, float16, uint8 }

    /// A number that some models take beside the pixels.
    public enum Size: String, Codable, Sendable, CaseIterable {
        case imageWidth = "image-width", imageHeight = "image-height"
        case inputWidth = "input-width", inputHeight = "input-height"
        /// Input pixels an image pixel.
        case scaleX = "scale-x", scaleY = "scale-y"
    }

    /// Width and height; left out where the model's input has them.
    public var size: [Int]?
    public var fit = Fit.letterbox
    /// For `center-crop`: the shorter side before the cut.
    public var resize: Int?
    /// For `keep-ratio`: the sides of the input are multiples of this.
    public var multiple = 1
    /// The value of what the image does not cover, before scale, mean and std.
    public var padding: Float = 114
    /// Whether images smaller than the input are enlarged.
    public var upscale = true
    public var interpolation = Interpolation.bilinear
    public var channels = Channels.rgb
    /// Left out: 1/255, and 1 where the model takes bytes.
    public var scale: Quotient?
    /// One number, or one a channel in the order of `channels`.
    public var mean: OneOrMany<Float> = [0]
    public var std: OneOrMany<Float> = [1]
    /// Left out: the model's.
    public var layout: Layout?
    /// Left out: the model's.
    public var type: ElementType?
    /// The input that takes the pixels; left out where only one can.
    public var input: String?
    /// What other inputs take.
    public var sizes: [String: [Size]]?

    public init() {}
}

extension Preprocessing: Validated {
    public func problems() -> [ConfigurationProblem] {
        let count = channels == .grey ? 1 : 3
        let numbers = "1 or \(count) finite numbers"
        return [
            size.flatMap { size in
                .require(
                    "size", size.count == 2 && size.allSatisfy(Self.sides.contains),
                    expected: "[width, height] from 1 to 16384", found: size)
            },
            resize.flatMap { .range("resize", $0, Self.sides) }, .range("multiple", multiple, 1...1024),
            .require("padding", padding.isFinite, expected: "a finite number", found: padding),
            scale.flatMap {
                .require(
                    "scale", $0.value.isFinite && $0.value != 0, expected: "a number other than 0", found: $0.value)
            },
            .require("mean", Self.fits(mean.values, count), expected: numbers, found: mean.values),
            .require(
                "std", Self.fits(std.values, count) && !std.values.contains(0), expected: "\(numbers) other than 0",
                found: std.values),
            .require("resize", resize == nil || fit == .centerCrop, expected: "fit: center-crop for this key"),
        ].compactMap { $0 }
    }

    private static func fits(_ values: [Float], _ count: Int) -> Bool {
        (values.count == 1 || values.count == count) && values.allSatisfy(\.isFinite)
    }
}

extension ConfigurationProblem {
    fileprivate static func require(_ key: String, _ condition: Bool, expected: String) -> Self? {
        condition ? nil : Self(key, expected: "needs \(expected)")
    }
}
