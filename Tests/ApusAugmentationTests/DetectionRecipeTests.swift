import ApusAugmentation
import ApusCore
import ApusVision
import Testing

@Suite struct DetectionRecipeTests {
    static let samples = (0..<6).map { index in
        redRectangle(ImageSize(width: 48, height: 36), x: 3 + index..<20 + index, y: 5..<18 + index)
    }
    static var source: DetectionRecipe.Source<Never> { .init(count: samples.count) { samples[$0] } }

    static func render(_ configuration: AugmentationConfiguration, _ key: SampleKey, position: Int = 0) -> LabeledImage
    {
        var objects: [SceneObject] = []
        let image = Image(uninitializedWidth: 48, height: 48, channels: 3) { pixels in
            let view = PixelView(pixels.baseAddress!, size: ImageSize(square: 48))
            objects = DetectionRecipe(configuration, imageSize: 48).render(position, of: source, key: key, into: view)
        }
        return LabeledImage(image: image, objects: objects)
    }

    @Test func `without augmentation the image stands in the middle of its square`() {
        let result = Self.render(.none, SampleKey(seed: 1, epoch: 0, sample: 0), position: 2)
        #expect(result.boxes.map(\.box) == [BoundingBox(minX: 5, minY: 11, maxX: 22, maxY: 26)])
        #expect(redBox(in: result.image) == result.boxes.first?.box)
    }

    @Test func `every draw is a function of seed, epoch and sample`() {
        let configuration = AugmentationConfiguration(flipVertical: 0.5, mixup: 0.5)
        let key = SampleKey(seed: 1, epoch: 1, sample: 1)
        #expect(Self.render(configuration, key) == Self.render(configuration, key))
        for other in [
            SampleKey(seed: 2, epoch: 1, sample: 1), SampleKey(seed: 1, epoch: 2, sample: 1),
            SampleKey(seed: 1, epoch: 1, sample: 2),
        ] {
            #expect(Self.render(configuration, key).image != Self.render(configuration, other).image)
        }
    }

    @Test func `one switch does not move another transform's draw`() {
        let key = SampleKey(seed: 8, epoch: 0, sample: 4)
        let plain = AugmentationConfiguration(hsvHue: 0, hsvSaturation: 0, hsvValue: 0)
        #expect(Self.render(AugmentationConfiguration(), key).boxes == Self.render(plain, key).boxes)
    }

    /// Pixels and boxes of trainings long run: a draw or a rounding that moves would make them others.
    @Test func `renders what it always has`() {
        let configuration = AugmentationConfiguration(
            mosaic: 0.7, degrees: 20, shear: 5, perspective: 0.0004, hsvHue: 0, hsvSaturation: 0, hsvValue: 0,
            flipVertical: 0.5, mixup: 0.4)
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func take(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let source = DetectionRecipe.Source<Never>(count: 6) { index in
            var picture = redRectangle(ImageSize(width: 48, height: 36), x: 3 + index..<20 + index, y: 5..<18 + index)
            picture.image = noise(width: 48, height: 36, seed: UInt64(index))
            return picture
        }
        for sample in 0..<24 {
            var pixels = [UInt8](repeating: 0, count: 48 * 48 * 3)
            let boxes = pixels.withUnsafeMutableBufferPointer { buffer in
                buffer.baseAddress.map { base in
                    DetectionRecipe(configuration, imageSize: 48).render(
                        sample % 6, of: source, key: SampleKey(seed: 9, epoch: 1, sample: sample),
                        into: PixelView(base, size: ImageSize(square: 48)))
                }
            }
            pixels.forEach(take)
            for box in (boxes ?? []).map(\.box) {
                for number in [box.minX, box.minY, box.maxX, box.maxY] {
                    withUnsafeBytes(of: number.bitPattern) { $0.forEach(take) }
                }
            }
        }
        #expect(hash == 9_165_016_655_976_097_803)
    }

    @Test func `a pipeline may come before the recipe, and another after it`() throws {
        let flip = try Pipeline("- HorizontalFlip: {p: 1}", name: "flip")
        let key = SampleKey(seed: 1, epoch: 0, sample: 0)
        let plain = Self.render(.none, key, position: 2)
        var (before, after, both) = (
            AugmentationConfiguration.none, AugmentationConfiguration.none, AugmentationConfiguration.none
        )
        (before.pictureTransforms, after.transforms) = (flip, flip)
        (both.pictureTransforms, both.transforms) = (flip, flip)
        #expect(Self.render(both, key, position: 2) == plain)
        for configuration in [before, after] {
            let result = Self.render(configuration, key, position: 2)
            #expect(result.boxes.map(\.box) == [BoundingBox(minX: 26, minY: 11, maxX: 43, maxY: 26)])
            #expect(redBox(in: result.image) == result.boxes.first?.box)
        }
    }

    @Test(arguments: 0..<20)
    func `with pipelines too, boxes stay with their pixels and every draw is the key's`(sample: Int) throws {
        let turn = "- Affine: {rotate: [-20, 20], scale: [0.8, 1.2], fit_output: true, fill: 114, p: 0.8}"
        let flip = "- HorizontalFlip"
        for mosaic in [0.0, 1] {
            var configuration = AugmentationConfiguration(
                mosaic: mosaic, translate: 0, scale: 0, hsvHue: 0, hsvSaturation: 0, hsvValue: 0)
            configuration.pictureTransforms = try Pipeline(turn + "\n" + flip, name: "before")
            configuration.transforms = try Pipeline(turn, name: "after")
            let key = SampleKey(seed: 1, epoch: 3, sample: sample)
            let result = Self.render(configuration, key, position: sample % 6)
            #expect(result == Self.render(configuration, key, position: sample % 6))
            guard mosaic == 0 else { continue }
            let red = try #require(redBox(in: result.image))
            #expect(try #require(result.boxes.first?.box).grown(by: 1).contains(red))
        }
    }
}
