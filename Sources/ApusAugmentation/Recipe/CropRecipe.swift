import ApusCore
import ApusVision

/// Cuts single objects out of images for a top-down pose model: the box enlarged, at the crop's shape, what lies
/// outside the image grey.
public struct CropRecipe: Sendable {
    /// Of the crops, in pixels.
    public let size: ImageSize
    public let configuration: CropAugmentation
    /// Where each keypoint goes when a crop is mirrored.
    public let keypointMirror: [Int]

    public init(_ configuration: CropAugmentation, size: ImageSize, keypointMirror: [Int] = []) {
        (self.size, self.configuration, self.keypointMirror) = (size, configuration, keypointMirror)
    }

    /// What a random stream is for; the numbers are those of `DetectionRecipe`.
    private typealias Purpose = DetectionRecipe.Purpose

    /// From places in the image to places in the crop without augmentation.
    public func map(for box: BoundingBox) -> ProjectiveMap {
        map(for: box, gain: 1, degrees: 0, shift: Point(0, 0))
    }

    private func map(for box: BoundingBox, gain: Double, degrees: Double, shift: Point) -> ProjectiveMap {
        let center = Point(Double(box.minX) + Double(box.maxX), Double(box.minY) + Double(box.maxY)) / 2
        let (width, height) = (Double(size.width), Double(size.height))
        // The crop's shape around the box: its longer side decides.
        let fit = max(Double(box.width) / width, Double(box.height) / height, 1e-6)
        let scale = gain / (fit * configuration.padding)
        return .translation(x: width * (0.5 + shift.x), y: height * (0.5 + shift.y))
            * .rotation(degrees: degrees, scale: scale) * .translation(x: -center.x, y: -center.y)
    }

    /// Writes the unchanged crop of an object into `output` and returns the object there.
    public func crop(_ object: SceneObject, of image: Image, into output: PixelView) -> SceneObject {
        draw(object, of: image, through: map(for: object.box), into: output)
    }

    /// Writes the augmented crop of an object into `output` and returns the object there.
    public func render(_ object: SceneObject, of image: Image, key: SampleKey, into output: PixelView) -> SceneObject {
        var stream = key.stream(Purpose.affine.rawValue)
        let reach = (configuration.degrees, configuration.scale, configuration.translate)
        let map = map(
            for: object.box, gain: stream.uniform(1 - reach.1, 1 + reach.1), degrees: stream.uniform(-reach.0, reach.0),
            shift: Point(stream.uniform(-reach.2, reach.2), stream.uniform(-reach.2, reach.2)))
        var result = draw(object, of: image, through: map, into: output)
        changeColors(key, output)
        result = flip(result, key, output)
        return finish(result, key, output)
    }

    private func draw(
        _ object: SceneObject, of image: Image, through map: ProjectiveMap, into output: PixelView
    ) -> SceneObject {
        precondition(output.size == size && output.channels == 3, "the recipe is for \(size)")
        TileCanvas(size: image.size, tiles: [.init(image, left: 0, top: 0)]).draw(through: map, into: output)
        let box = object.box.hull { map($0) }.clipped(to: size)
        return object.moved(to: box, object.shape?.moved { map($0) }.clipped(to: size))
    }

    private func changeColors(_ key: SampleKey, _ pixels: PixelView) {
        let hsv = HSV(
            hue: configuration.hsvHue, saturation: configuration.hsvSaturation, value: configuration.hsvValue)
        var stream = key.stream(Purpose.hsv.rawValue)
        if let draw = hsv.draw(using: &stream) { hsv.apply(draw, to: pixels) }
    }

    private func flip(_ object: SceneObject, _ key: SampleKey, _ pixels: PixelView) -> SceneObject {
        var stream = key.stream(Purpose.horizontalFlip.rawValue)
        guard stream.happens(configuration.flipHorizontal) else { return object }
        HorizontalFlip.mirror(
            UnsafeMutableRawBufferPointer(pixels.bytes), rowPixels: pixels.size.width, pixelBytes: pixels.channels)
        return object.flipped(by: HorizontalFlip(), in: size, mirror: keypointMirror) ?? object.moved(to: .zero, nil)
    }

    /// The crop through the user's pipeline; an object that it drops has no points any more.
    private func finish(_ object: SceneObject, _ key: SampleKey, _ output: PixelView) -> SceneObject {
        guard let transforms = configuration.transforms else { return object }
        let crop = LabeledImage(image: Image(copying: output), objects: [object])
        let result = LabeledImage(transforms(crop.asSample(mirror: keypointMirror), key: key), shapesOf: crop)
        let scene = Scene(centering: result.fitted(in: size), in: size)
        scene.canvas.draw(through: .identity, into: output)
        return scene.objects.first ?? object.moved(to: .zero, nil)
    }
}

extension BoundingBox {
    fileprivate static let zero = BoundingBox(minX: 0, minY: 0, maxX: 0, maxY: 0)
}
