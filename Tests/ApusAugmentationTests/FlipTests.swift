import ApusAugmentation
import ApusCore
import ApusVision
import Testing

@Suite struct FlipTests {
    static let flips: [any InPlaceTransform] = [HorizontalFlip(probability: 1), VerticalFlip(probability: 1)]

    @Test(arguments: [1, 2, 7, 8], [1, 3, 4])
    func `twice is the identity`(width: Int, channels: Int) {
        var stream = RandomStream(seed: 1)
        let box = LabeledBox(BoundingBox(minX: 0.25, minY: 1, maxX: 0.75, maxY: 2.5), label: 2)
        let keypoints = Keypoints([Keypoint(x: 0.5, y: 3), Keypoint(x: 0, y: 0, visibility: .absent)])
        let sample = Sample(
            image: noise(width: width, height: 5, channels: channels), boxes: [box], keypoints: [keypoints])
        for flip in Self.flips {
            let once = flip(sample, using: &stream)
            #expect(flip(once, using: &stream) == sample)
        }
    }

    @Test(arguments: [0, 1])
    func `equals albumentations, boxes too`(index: Int) throws {
        let golden = try Goldens.cases().cases[index]
        var stream = RandomStream(seed: 1)
        let boxes = try Goldens.cases().boxes.map { LabeledBox(BoundingBox($0), label: 0) }
        let result = Self.flips[index](Sample(image: try Goldens.image("picture"), boxes: boxes), using: &stream)
        #expect(result.image == (try Goldens.image(golden.name)))
        for (box, expected) in zip(result.boxes, golden.boxes) {
            #expect(box.box.isClose(to: BoundingBox(expected), within: 1e-4))
        }
    }

    @Test func `happens as often as its probability says`() {
        var stream = RandomStream(seed: 5)
        let flip = HorizontalFlip(probability: 0.25)
        let count = (0..<4000).count { _ in flip.draw(for: ImageSize(square: 2), using: &stream) != nil }
        #expect((850...1150).contains(count))
    }
}
