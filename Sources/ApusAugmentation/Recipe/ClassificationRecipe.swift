import ApusCore
import ApusVision

/// The training recipe of classifiers: a random part of the image brought to a square, flips, automatic augmentation,
/// colour jitter and erasing, in this order, and then a pipeline of the user's.
public struct ClassificationRecipe: Sendable {
    public let imageSize: Int
    private let own: Pipeline
    private let transforms: Pipeline?

    public init(_ configuration: ClassificationAugmentation, imageSize: Int) {
        self.imageSize = imageSize
        own = Pipeline(Self.steps(configuration, imageSize: imageSize))
        transforms = configuration.transforms
    }

    private static func steps(_ configuration: ClassificationAugmentation, imageSize: Int) -> [PipelineNode] {
        var crop = RandomResizedCrop()
        crop.size = ImageSize(square: imageSize)
        crop.scale = configuration.cropScale ?? crop.scale
        if configuration.ratio.count == 2 { crop.ratio = configuration.ratio[0]...configuration.ratio[1] }
        let steps = [
            TransformStep(crop, probability: 1),
            TransformStep(HorizontalFlip(), probability: configuration.flipHorizontal),
            TransformStep(VerticalFlip(), probability: configuration.flipVertical),
            automatic(configuration), jitter(configuration.hsvValue, configuration.hsvSaturation, configuration.hsvHue),
            jitter(configuration.colorJitter, configuration.colorJitter, 0),
            TransformStep(Erasing(), probability: configuration.erasing),
        ]
        return steps.compactMap { $0 }.map { PipelineNode.step($0) }
    }

    private static func automatic(_ configuration: ClassificationAugmentation) -> TransformStep? {
        switch configuration.automatic {
        case .none: return nil
        case .trivialaugment: return TransformStep(TrivialAugment(), probability: 1)
        case .randaugment:
            var random = RandAugment()
            (random.count, random.magnitude) = (configuration.operations, configuration.magnitude)
            return TransformStep(random, probability: 1)
        }
    }

    /// Brightness and contrast within `1 ± value`.
    private static func jitter(_ value: Double, _ saturation: Double, _ hue: Double) -> TransformStep? {
        guard value > 0 || saturation > 0 || hue > 0 else { return nil }
        var jitter = ColorJitter()
        (jitter.brightness, jitter.contrast) = (1 - value...1 + value, 1 - value...1 + value)
        (jitter.saturation, jitter.hue) = (1 - saturation...1 + saturation, -hue...hue)
        return TransformStep(jitter, probability: 1)
    }

    /// Slots of keys: the user's pipeline, and what it mixes in. Below are the pipelines' own.
    private static let lastSlot = 1 << 22
    private static let partnerSlot = 1 << 23

    /// Writes the augmented image for `position` of the source into `output` (`imageSize`², RGB); returns its classes.
    public func render<Failure>(
        _ position: Int, of source: SampleSource<Failure>, key: SampleKey, into output: PixelView
    ) throws(Failure) -> [ImageLabel] {
        precondition(output.size == ImageSize(square: imageSize), "the recipe is for \(imageSize)²")
        var sample = own(try source.sample(position), key: key)
        if let transforms {
            let others = SampleSource<Failure>(count: source.count) { other throws(Failure) in
                own(try source.sample(other), key: key.derived(sample: other, slot: Self.partnerSlot))
            }
            let last = key.derived(sample: position, slot: Self.lastSlot)
            sample = try transforms(sample, key: last, source: others)
        }
        let picture = LabeledImage(image: sample.image.rgbImage).fitted(in: output.size)
        if picture.image.size == output.size {
            _ = output.bytes.update(fromContentsOf: picture.image.pixels)
        } else {
            Scene(centering: picture, in: output.size).canvas.draw(through: .identity, into: output)
        }
        return sample.labels
    }
}
