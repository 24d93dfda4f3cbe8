import ApusCore
import ApusVision

/// The training recipe of YOLOv8-style detectors: mosaic, affine, mix-up, HSV, flips, in this order, between two
/// pipelines of the user's.
///
/// Every draw is a function of the sample's key and the draw's purpose, never of what happened before.
public struct DetectionRecipe: Sendable {
    public let imageSize: Int
    public let mosaicProbability: Double
    public let mosaic: SceneMosaic
    public let affine: RandomAffine
    public let mixUp: SceneMixUp
    public let hsv: HSV
    public let pictureTransforms, transforms: Pipeline?
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
        (pictureTransforms, transforms) = (configuration.pictureTransforms, configuration.transforms)
        verticalFlipProbability = configuration.flipVertical
        horizontalFlipProbability = configuration.flipHorizontal
    }

    /// What a random stream is for. A number once given never changes its meaning: trainings would.
    enum Purpose: Int {
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
        let boxes = try renderRecipe(position, of: source, key: key, into: output)
        guard let transforms else { return boxes }
        return try finish(boxes, by: transforms, of: source, key: key, output)
    }

    func renderRecipe<Failure>(
        _ position: Int, of source: Source<Failure>, key: SampleKey, into output: PixelView
    ) throws(Failure) -> [LabeledBox] {
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
        let scene = try makeScene(position, of: source, key, mosaicPurpose, using: &mosaicStream)
        var affineStream = key.stream(affinePurpose.rawValue)
        return scene.draw(affine.draw(for: scene.canvas.size, using: &affineStream), of: affine, into: output)
    }

    private func makeScene<Failure>(
        _ position: Int, of source: Source<Failure>, _ key: SampleKey, _ purpose: Purpose,
        using stream: inout RandomStream
    ) throws(Failure) -> Scene {
        guard stream.happens(mosaicProbability) else {
            return Scene(centering: try picture(position, of: source, key, purpose, slot: 0), side: imageSize)
        }
        let partners = (0..<3).map { _ in stream.index(below: source.count) }
        let center = mosaic.draw(using: &stream)
        var pictures: [LabeledImage] = []
        for (slot, position) in ([position] + partners).enumerated() {
            pictures.append(try picture(position, of: source, key, purpose, slot: slot))
        }
        return mosaic.scene(pictures, center)
    }

    /// A picture of the source, through the user's pipeline: anew for each scene that it is part of.
    private func picture<Failure>(
        _ position: Int, of source: Source<Failure>, _ key: SampleKey, _ purpose: Purpose, slot: Int
    ) throws(Failure) -> LabeledImage {
        let picture = try source.sample(position)
        guard let pictureTransforms else { return picture }
        let samples = SampleSource(count: source.count) { other throws(Failure) in try source.sample(other).sample }
        let own = key.derived(sample: position, slot: Self.pictureSlot + purpose.rawValue << 3 + slot)
        return LabeledImage(
            try pictureTransforms(picture.sample, key: own, source: samples), longerSideUpTo: imageSize)
    }

    /// Slots of keys: a picture's in its scenes, and what the last pipeline mixes in. Below are the pipelines' own.
    private static var pictureSlot: Int { 1 << 20 }
    private static var renderedSlot: Int { 1 << 21 }

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

    /// The rendered image through the user's last pipeline, in the middle of its square again.
    private func finish<Failure>(
        _ boxes: [LabeledBox], by transforms: Pipeline, of source: Source<Failure>, key: SampleKey, _ output: PixelView
    ) throws(Failure) -> [LabeledBox] {
        let sample = Sample(
            image: Raster(size: output.size, channels: output.channels, uint8: Array(output.bytes)), boxes: boxes)
        let result = try transforms(sample, key: key, source: partners(of: source, key, output.size))
        let scene = Scene(centering: LabeledImage(result, longerSideUpTo: imageSize), side: imageSize)
        scene.canvas.draw(through: .identity, into: output)
        return scene.boxes
    }

    /// Other positions as the recipe renders them: what the last pipeline may mix in.
    func partners<Failure>(
        of source: Source<Failure>, _ key: SampleKey, _ size: ImageSize
    ) -> SampleSource<Failure> {
        SampleSource(count: source.count) { other throws(Failure) in
            let own = key.derived(sample: other, slot: Self.renderedSlot)
            return try rendered(into: size) { view throws(Failure) in
                try renderRecipe(other, of: source, key: own, into: view)
            }
        }
    }

    /// A sample of the pixels that `render` writes and the boxes that it returns.
    func rendered<Failure>(
        into size: ImageSize, by render: (PixelView) throws(Failure) -> [LabeledBox]
    ) throws(Failure) -> Sample {
        let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: size.width * size.height * 3)
        defer { bytes.deallocate() }
        guard let base = bytes.baseAddress else { preconditionFailure("an image of \(size)") }
        let boxes = try render(PixelView(base, size: size))
        return Sample(image: Raster(size: size, channels: 3, uint8: Array(bytes)), boxes: boxes)
    }
}
