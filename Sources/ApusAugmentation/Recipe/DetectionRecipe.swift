import ApusCore
import ApusVision

/// The training recipe of YOLOv8-style detectors: mosaic, affine, mix-up, HSV, flips, in this order.
///
/// Every draw is a function of the sample's key and the draw's purpose, never of what happened before.
public struct DetectionRecipe: Sendable {
    public let imageSize: Int
    public let mosaicProbability: Double
    public let mosaic: SceneMosaic
    public let affine: RandomAffine
    public let mixUp: SceneMixUp
    public let hsv: HSV
    public let verticalFlipProbability, horizontalFlipProbability: Double

    public init(_ configuration: AugmentationConfiguration, imageSize: Int) {
        self.imageSize = imageSize
        mosaicProbability = configuration.mosaic
        mosaic = SceneMosaic(imageSize: imageSize)
        affine = RandomAffine(
            degrees: configuration.degrees, translate: configuration.translate, scale: configuration.scale,
            shear: configuration.shear, perspective: configuration.perspective,
            outputSize: ImageSize(square: imageSize))
        mixUp = SceneMixUp(probability: configuration.mixup)
        hsv = HSV(
            hue: configuration.hsvHue, saturation: configuration.hsvSaturation, value: configuration.hsvValue,
            hueMode: configuration.hueMode)
        verticalFlipProbability = configuration.flipVertical
        horizontalFlipProbability = configuration.flipHorizontal
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
        public var sample: (Int) throws(Failure) -> LabeledImage

        public init(count: Int, sample: @escaping (Int) throws(Failure) -> LabeledImage) {
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
        changeColors(key, output)
        return flipSideways(key, output, flipUpsideDown(key, output, boxes))
    }

    private func drawScene<Failure>(
        _ position: Int, of source: Source<Failure>, _ key: SampleKey, _ mosaicPurpose: Purpose,
        _ affinePurpose: Purpose, into output: PixelView
    ) throws(Failure) -> [LabeledBox] {
        var mosaicStream = key.stream(mosaicPurpose.rawValue)
        let scene = try makeScene(position, of: source, using: &mosaicStream)
        var affineStream = key.stream(affinePurpose.rawValue)
        return scene.draw(affine.draw(for: scene.canvas.size, using: &affineStream), of: affine, into: output)
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

    private func changeColors(_ key: SampleKey, _ pixels: PixelView) {
        var stream = key.stream(Purpose.hsv.rawValue)
        guard let draw = hsv.draw(using: &stream) else { return }
        hsv.apply(draw, to: pixels)
    }

    private func flipUpsideDown(_ key: SampleKey, _ pixels: PixelView, _ boxes: [LabeledBox]) -> [LabeledBox] {
        var stream = key.stream(Purpose.verticalFlip.rawValue)
        guard stream.happens(verticalFlipProbability) else { return boxes }
        VerticalFlip.mirror(UnsafeMutableRawBufferPointer(pixels.bytes), rowBytes: pixels.rowBytes)
        return move(boxes, in: pixels.size) { VerticalFlip().apply(NoDraw(), to: $0, in: $1) }
    }

    private func flipSideways(_ key: SampleKey, _ pixels: PixelView, _ boxes: [LabeledBox]) -> [LabeledBox] {
        var stream = key.stream(Purpose.horizontalFlip.rawValue)
        guard stream.happens(horizontalFlipProbability) else { return boxes }
        HorizontalFlip.mirror(
            UnsafeMutableRawBufferPointer(pixels.bytes), rowPixels: pixels.size.width, pixelBytes: pixels.channels)
        return move(boxes, in: pixels.size) { HorizontalFlip().apply(NoDraw(), to: $0, in: $1) }
    }

    private func move(
        _ boxes: [LabeledBox], in size: ImageSize, by flip: (BoundingBox, ImageSize) -> BoundingBox
    ) -> [LabeledBox] {
        boxes.compactMap { labeled in
            let box = flip(labeled.box, size).clipped(to: size)
            return box.area > 0 ? LabeledBox(box, label: labeled.label, isCrowd: labeled.isCrowd) : nil
        }
    }
}
