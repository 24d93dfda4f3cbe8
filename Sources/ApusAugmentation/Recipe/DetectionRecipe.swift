import ApusCore
import ApusVision

/// The training recipe of YOLOv8-style detectors: mosaic, affine, mix-up, HSV, flips, in this order.
///
/// Every draw is a function of the sample's key and the draw's purpose, never of what happened before.
public struct DetectionRecipe: Sendable {
    public let imageSize: Int
    public let mosaicProbability: Double
    public let mosaic: Mosaic
    public let affine: RandomAffine
    public let mixUp: MixUp
    public let hsv: HSV
    public let verticalFlip: VerticalFlip
    public let horizontalFlip: HorizontalFlip

    public init(_ configuration: AugmentationConfiguration, imageSize: Int) {
        self.imageSize = imageSize
        mosaicProbability = configuration.mosaic
        mosaic = Mosaic(imageSize: imageSize)
        affine = RandomAffine(
            degrees: configuration.degrees, translate: configuration.translate, scale: configuration.scale,
            shear: configuration.shear, perspective: configuration.perspective,
            outputSize: ImageSize(square: imageSize))
        mixUp = MixUp(probability: configuration.mixup)
        hsv = HSV(
            hue: configuration.hsvHue, saturation: configuration.hsvSaturation, value: configuration.hsvValue,
            hueMode: configuration.hueMode)
        verticalFlip = VerticalFlip(probability: configuration.flipVertical)
        horizontalFlip = HorizontalFlip(probability: configuration.flipHorizontal)
    }

    /// What a random stream is for. A number once given never changes its meaning: trainings would.
    private enum Purpose: Int {
        case mosaic = 1
        case affine, mixUp, hsv, verticalFlip, horizontalFlip, mixedMosaic, mixedAffine
    }

    /// The samples that augmentation draws from.
    public struct Source<Failure: Error> {
        /// How many there are.
        public var count: Int
        /// The sample at a position, RGB, at most `imageSize` on its longer side.
        public var sample: (Int) throws(Failure) -> Sample

        public init(count: Int, sample: @escaping (Int) throws(Failure) -> Sample) {
            (self.count, self.sample) = (count, sample)
        }
    }

    /// Writes the augmented image for `position` of the source into `output` (`imageSize`² RGB); returns its boxes.
    public func render<Failure>(
        _ position: Int, of source: Source<Failure>, key: SampleKey, into output: PixelView
    ) throws(Failure) -> [LabeledBox] {
        precondition(
            output.size == ImageSize(square: imageSize) && output.channels == 3, "the recipe is for \(imageSize)²")
        var boxes = try drawScene(position, of: source, key, .mosaic, .affine, into: output)
        boxes += try mixIn(from: source, key: key, into: output)
        boxes = applyInPlace(hsv, .hsv, key, output, boxes)
        boxes = applyInPlace(verticalFlip, .verticalFlip, key, output, boxes)
        return applyInPlace(horizontalFlip, .horizontalFlip, key, output, boxes)
    }

    private func drawScene<Failure>(
        _ position: Int, of source: Source<Failure>, _ key: SampleKey, _ mosaicPurpose: Purpose,
        _ affinePurpose: Purpose, into output: PixelView
    ) throws(Failure) -> [LabeledBox] {
        var mosaicStream = key.stream(mosaicPurpose.rawValue)
        let scene = try makeScene(position, of: source, using: &mosaicStream)
        var affineStream = key.stream(affinePurpose.rawValue)
        guard let draw = affine.draw(for: scene.canvas.size, using: &affineStream) else { return [] }
        return scene.draw(draw, of: affine, into: output)
    }

    private func makeScene<Failure>(
        _ position: Int, of source: Source<Failure>, using stream: inout RandomStream
    ) throws(Failure) -> Scene {
        guard stream.happens(mosaicProbability) else {
            return Scene(centering: try source.sample(position), side: imageSize)
        }
        let partners = (0..<3).map { _ in stream.index(below: source.count) }
        let center = mosaic.draw(using: &stream)
        return mosaic.scene(try ([position] + partners).map(source.sample), center)
    }

    /// Blends another scene into `output` where the draw says so, and returns its boxes.
    private func mixIn<Failure>(
        from source: Source<Failure>, key: SampleKey, into output: PixelView
    ) throws(Failure) -> [LabeledBox] {
        var stream = key.stream(Purpose.mixUp.rawValue)
        guard let share = mixUp.draw(using: &stream) else { return [] }
        let partner = stream.index(below: source.count)
        let other = UnsafeMutablePointer<UInt8>.allocate(capacity: output.byteCount)
        defer { other.deallocate() }
        let boxes = try drawScene(
            partner, of: source, key, .mixedMosaic, .mixedAffine, into: PixelView(other, size: output.size))
        mixUp.blend(other, into: output, share: share)
        return boxes
    }

    private func applyInPlace(
        _ transform: some InPlaceTransform, _ purpose: Purpose, _ key: SampleKey, _ pixels: PixelView,
        _ boxes: [LabeledBox]
    ) -> [LabeledBox] {
        var stream = key.stream(purpose.rawValue)
        guard let draw = transform.draw(for: pixels.size, using: &stream) else { return boxes }
        transform.apply(draw, to: pixels)
        return transform.move(boxes, by: draw, from: pixels.size, to: pixels.size)
    }
}
