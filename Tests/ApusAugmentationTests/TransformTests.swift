import ApusCore
import ApusVision
import Testing

@testable import ApusAugmentation

/// Every transform through the same invariants.
@Suite struct TransformTests {
    static let all: [any Transform] = [
        HorizontalFlip(probability: 1), VerticalFlip(probability: 1), RandomAffine(degrees: 20, shear: 5),
        RandomCrop(size: ImageSize(width: 20, height: 50)), Resize(size: ImageSize(width: 31, height: 17)),
        LetterBox(LetterboxSpecification(width: 64, height: 48)), HSV(), ToGray(probability: 1), CLAHE(probability: 1),
        BrightnessContrast(probability: 1), Blur(probability: 1), MedianBlur(probability: 1),
        GaussianBlur(probability: 1),
    ]
    static let sample = Sample(
        image: noise(width: 40, height: 30),
        boxes: [
            LabeledBox(BoundingBox(minX: 2, minY: 3, maxX: 30, maxY: 25), label: 1),
            LabeledBox(BoundingBox(minX: 10, minY: 12, maxX: 18, maxY: 29), label: 7),
        ],
        keypoints: [
            Keypoints([Keypoint(x: 4, y: 5), Keypoint(x: 39, y: 29), Keypoint(x: 0, y: 0, visibility: .absent)])
        ])

    @Test(arguments: all.indices, 0..<5)
    func `the same draw gives the same sample, its boxes inside its image`(index: Int, seed: UInt64) {
        var (one, two) = (RandomStream(seed: seed), RandomStream(seed: seed))
        let result = Self.all[index](Self.sample, using: &one)
        #expect(result == Self.all[index](Self.sample, using: &two))
        let frame = BoundingBox(minX: 0, minY: 0, maxX: Float(result.image.width), maxY: Float(result.image.height))
        #expect(result.boxes.allSatisfy { frame.contains($0.box) && $0.box.area > 0 && [1, 7].contains($0.label) })
        #expect(result.keypoints[0].points.count == 3)
        #expect(result.keypoints[0].points[2].visibility == .absent)
    }

    @Test(arguments: all.indices, [ImageSize(width: 1, height: 1), ImageSize(width: 3, height: 1)])
    func `takes the smallest images and no boxes`(index: Int, size: ImageSize) {
        var stream = RandomStream(seed: 1)
        let result = Self.all[index](Sample(image: noise(width: size.width, height: size.height)), using: &stream)
        #expect(result.boxes.isEmpty && result.image.width > 0)
    }

    @Test(arguments: all.indices)
    func `takes grey images`(index: Int) {
        var stream = RandomStream(seed: 1)
        let grey = Sample(image: noise(width: 20, height: 24, channels: 1))
        #expect(Self.all[index](grey, using: &stream).image.height > 0)
    }

    @Test func `a crop keeps pixels and drops what is outside`() {
        let sample = redRectangle(ImageSize(square: 40), x: 4..<12, y: 20..<30)
        for seed in 0..<20 as Range<UInt64> {
            var stream = RandomStream(seed: seed)
            let result = RandomCrop(size: ImageSize(square: 24), rule: BoxRule(minimumSide: 0, minimumVisibility: 0))(
                sample, using: &stream)
            #expect(result.boxes.first?.box == redBox(in: result.image))
        }
    }

    @Test func `resizing and letterboxing move the box with its pixels`() throws {
        let sample = redRectangle(ImageSize(width: 60, height: 40), x: 10..<40, y: 8..<32)
        var stream = RandomStream(seed: 1)
        let transforms: [any Transform] = [
            Resize(size: ImageSize(width: 90, height: 100)),
            LetterBox(LetterboxSpecification(width: 96, height: 96)),
        ]
        for transform in transforms {
            let result = transform(sample, using: &stream)
            #expect(result.boxes[0].box.isClose(to: try #require(redBox(in: result.image)), within: 1))
        }
    }

    @Test func `grey, brightness and blur do what they say`() {
        var stream = RandomStream(seed: 1)
        let color = Sample(image: Image(width: 16, height: 16, color: [200, 100, 50]))
        #expect(ToGray(probability: 1)(color, using: &stream).image.pixels[0...2] == [124, 124, 124])
        let draw = BrightnessContrast.Draw(brightness: 0.1, contrast: -0.5)
        #expect(BrightnessContrast().apply(draw, to: color.image).pixels[0...2] == [125, 75, 50])
        for blur in [Blur(probability: 1), MedianBlur(probability: 1), GaussianBlur(probability: 1)] as [any Transform]
        {
            #expect(blur(color, using: &stream).image == color.image)
        }
    }

    @Test func `composed, each transform has its own stream`() {
        let key = SampleKey(seed: 1, epoch: 2, sample: 3)
        let flip = Compose([HorizontalFlip(), VerticalFlip(), HSV()])
        let one = flip(Self.sample, key: key)
        #expect(one == flip(Self.sample, key: key))
        let prefixed = Compose(
            [ToGray(probability: 0), HorizontalFlip(), VerticalFlip(), HSV()], firstPurpose: flip.firstPurpose - 1)
        #expect(prefixed(Self.sample, key: key) == one)
        #expect((0..<20).contains { flip(Self.sample, key: SampleKey(seed: 1, epoch: 2, sample: $0)) != one })
    }
}
