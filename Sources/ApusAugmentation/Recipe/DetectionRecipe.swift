import ApusCore
import ApusVision

/// The training recipe of YOLOv8-style detectors: mosaic, affine, mix-up, HSV, flips, in this order, between two
/// pipelines of the user's.
///
/// Every draw is a function of the sample's key and the draw's purpose, never of what happened before. Outlines, turned
/// boxes and keypoints go where their pixels go.
public struct DetectionRecipe: Sendable {
    /// The longer side of the pictures that scenes are composed of.
    public let imageSize: Int
    /// What a scene is composed for: `imageSize`², or a rectangle that its picture fits into.
    public let frame: ImageSize
    /// What is drawn: the frame, or the same enlarged or shrunk.
    public let outputSize: ImageSize
    /// Where each keypoint goes when a picture is mirrored: left eye to right eye. Empty where there are none.
    public let keypointMirror: [Int]
    public let mosaicProbability: Double
    public let mosaic: SceneMosaic
    public let affine: RandomAffine
    public let mixUp: SceneMixUp
    public let hsv: HSV
    public let pictureTransforms, transforms: Pipeline?
    public let verticalFlipProbability, horizontalFlipProbability: Double

    /// - Parameter frame: by default `imageSize`²; a mosaic needs that.
    public init(
        _ configuration: AugmentationConfiguration, imageSize: Int, frame: ImageSize? = nil,
        outputSize: ImageSize? = nil, keypointMirror: [Int] = []
    ) {
        let frame = frame ?? ImageSize(square: imageSize)
        self.imageSize = imageSize
        (self.frame, self.outputSize, self.keypointMirror) = (frame, outputSize ?? frame, keypointMirror)
        mosaicProbability = configuration.mosaic
        mosaic = SceneMosaic(imageSize: imageSize)
        affine = RandomAffine(
            degrees: configuration.degrees, translate: configuration.translate, scale: configuration.scale,
            shear: configuration.shear, perspective: configuration.perspective,
            outputSize: frame)
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

    /// Writes the augmented image for `position` of the source into `output` (`outputSize`, RGB); returns its objects.
    public func render<Failure>(
        _ position: Int, of source: Source<Failure>, key: SampleKey, into output: PixelView
    ) throws(Failure) -> [SceneObject] {
        precondition(
            output.size == outputSize && output.channels == 3, "the recipe is for \(outputSize)")
        let objects = try renderRecipe(position, of: source, key: key, into: output)
        guard let transforms else { return objects }
        return try finish(objects, by: transforms, of: source, key: key, output)
    }

    func renderRecipe<Failure>(
        _ position: Int, of source: Source<Failure>, key: SampleKey, into output: PixelView
    ) throws(Failure) -> [SceneObject] {
        var objects = try drawScene(position, of: source, key, .mosaic, .affine, into: output)
        objects += try mixIn(from: source, key: key, into: output)
        changeColors(key, output)
        return flipSideways(key, output, flipUpsideDown(key, output, objects))
    }

    private func drawScene<Failure>(
        _ position: Int, of source: Source<Failure>, _ key: SampleKey, _ mosaicPurpose: Purpose,
        _ affinePurpose: Purpose, into output: PixelView
    ) throws(Failure) -> [SceneObject] {
        var mosaicStream = key.stream(mosaicPurpose.rawValue)
        let scene = try makeScene(position, of: source, key, mosaicPurpose, using: &mosaicStream)
        var affineStream = key.stream(affinePurpose.rawValue)
        let draw = affine.draw(for: scene.canvas.size, using: &affineStream)
        return scene.draw(draw.scaled(to: outputSize), of: affine, into: output)
    }

    private func makeScene<Failure>(
        _ position: Int, of source: Source<Failure>, _ key: SampleKey, _ purpose: Purpose,
        using stream: inout RandomStream
    ) throws(Failure) -> Scene {
        guard stream.happens(mosaicProbability) else {
            let picture = try picture(position, of: source, key, purpose, slot: 0)
            return Scene(centering: picture.fitted(in: frame), in: frame)
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
        let samples = SampleSource(count: source.count) { other throws(Failure) in
            try source.sample(other).asSample(mirror: keypointMirror)
        }
        let own = key.derived(sample: position, slot: Self.pictureSlot + purpose.rawValue << 3 + slot)
        let sample = picture.asSample(mirror: keypointMirror)
        let result = LabeledImage(try pictureTransforms(sample, key: own, source: samples), shapesOf: picture)
        return result.fitted(in: ImageSize(square: imageSize))
    }

    /// Slots of keys: a picture's in its scenes, and what the last pipeline mixes in. Below are the pipelines' own.
    private static var pictureSlot: Int { 1 << 20 }
    private static var renderedSlot: Int { 1 << 21 }

    /// Blends another scene into `output` where the draw says so, and returns its boxes.
    private func mixIn<Failure>(
        from source: Source<Failure>, key: SampleKey, into output: PixelView
    ) throws(Failure) -> [SceneObject] {
        var stream = key.stream(Purpose.mixUp.rawValue)
        guard let share = mixUp.draw(using: &stream) else { return [] }
        let partner = stream.index(below: source.count)
        let other = UnsafeMutablePointer<UInt8>.allocate(capacity: output.byteCount)
        defer { other.deallocate() }
        let objects = try drawScene(
            partner, of: source, key, .mixedMosaic, .mixedAffine, into: PixelView(other, size: output.size))
        mixUp.blend(other, into: output, share: share)
        return objects
    }

    private func changeColors(_ key: SampleKey, _ pixels: PixelView) {
        var stream = key.stream(Purpose.hsv.rawValue)
        guard let draw = hsv.draw(using: &stream) else { return }
        hsv.apply(draw, to: pixels)
    }

    private func flipUpsideDown(_ key: SampleKey, _ pixels: PixelView, _ objects: [SceneObject]) -> [SceneObject] {
        var stream = key.stream(Purpose.verticalFlip.rawValue)
        guard stream.happens(verticalFlipProbability) else { return objects }
        VerticalFlip.mirror(UnsafeMutableRawBufferPointer(pixels.bytes), rowBytes: pixels.rowBytes)
        return objects.compactMap { $0.flipped(by: VerticalFlip(), in: pixels.size, mirror: keypointMirror) }
    }

    private func flipSideways(_ key: SampleKey, _ pixels: PixelView, _ objects: [SceneObject]) -> [SceneObject] {
        var stream = key.stream(Purpose.horizontalFlip.rawValue)
        guard stream.happens(horizontalFlipProbability) else { return objects }
        HorizontalFlip.mirror(
            UnsafeMutableRawBufferPointer(pixels.bytes), rowPixels: pixels.size.width, pixelBytes: pixels.channels)
        return objects.compactMap { $0.flipped(by: HorizontalFlip(), in: pixels.size, mirror: keypointMirror) }
    }

    /// The rendered image through the user's last pipeline, in the middle of its place again.
    private func finish<Failure>(
        _ objects: [SceneObject], by transforms: Pipeline, of source: Source<Failure>, key: SampleKey,
        _ output: PixelView
    ) throws(Failure) -> [SceneObject] {
        let rendered = LabeledImage(image: Image(copying: output), objects: objects)
        let sample = rendered.asSample(mirror: keypointMirror)
        let result = try transforms(sample, key: key, source: partners(of: source, key))
        let picture = LabeledImage(result, shapesOf: rendered).fitted(in: outputSize)
        let scene = Scene(centering: picture, in: outputSize)
        scene.canvas.draw(through: .identity, into: output)
        return scene.objects
    }

    /// Other positions as the recipe renders them: what the last pipeline may mix in.
    func partners<Failure>(of source: Source<Failure>, _ key: SampleKey) -> SampleSource<Failure> {
        SampleSource(count: source.count) { other throws(Failure) in
            let own = key.derived(sample: other, slot: Self.renderedSlot)
            return try rendered(other, of: source, key: own)
        }
    }

    /// What `renderRecipe` makes of a position, as a sample.
    func rendered<Failure>(
        _ position: Int, of source: Source<Failure>, key: SampleKey
    ) throws(Failure) -> Sample {
        let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: outputSize.width * outputSize.height * 3)
        defer { bytes.deallocate() }
        guard let base = bytes.baseAddress else { preconditionFailure("an image of \(outputSize)") }
        let view = PixelView(base, size: outputSize)
        let objects = try renderRecipe(position, of: source, key: key, into: view)
        return LabeledImage(image: Image(copying: view), objects: objects).asSample(mirror: keypointMirror)
    }
}

extension Image {
    /// The pixels of a view, copied.
    init(copying view: PixelView) {
        self.init(
            width: view.size.width, height: view.size.height, channels: view.channels, pixels: Array(view.bytes))
    }
}
