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
        var boxes: [LabeledBox] = []
        let image = Image(uninitializedWidth: 48, height: 48, channels: 3) { pixels in
            let view = PixelView(pixels.baseAddress!, size: ImageSize(square: 48))
            boxes = DetectionRecipe(configuration, imageSize: 48).render(position, of: source, key: key, into: view)
        }
        return LabeledImage(image: image, boxes: boxes)
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
}
