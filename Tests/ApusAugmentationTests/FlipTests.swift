import ApusAugmentation
import ApusCore
import ApusVision
import Testing

@Suite struct FlipTests {
    static let flips: [any SpatialTransform] = [HorizontalFlip(), VerticalFlip()]

    @Test(arguments: [1, 2, 7, 8], [1, 2, 3, 4, 7])
    func `twice is the identity`(width: Int, channels: Int) {
        var stream = RandomStream(seed: 1)
        let box = LabeledBox(BoundingBox(minX: 0.25, minY: 1, maxX: 0.75, maxY: 2.5), label: 2)
        let keypoints = Keypoints([Keypoint(x: 0.5, y: 3), Keypoint(x: 0, y: 0, visibility: .absent)])
        for isFloat in [false, true] {
            let sample = Sample(
                image: noiseRaster(width: width, height: 5, channels: channels, isFloat: isFloat), boxes: [box],
                keypoints: [keypoints], keypointMirror: [1, 0])
            for flip in Self.flips {
                let once = flip(sample, using: &stream)
                #expect(once.keypoints[0].points[0].visibility == .absent)
                #expect(flip(once, using: &stream) == sample)
            }
        }
    }

    @Test(arguments: [0, 1])
    func `equals albumentations, boxes too`(index: Int) throws {
        let golden = try Goldens.cases().cases[index]
        var stream = RandomStream(seed: 1)
        let boxes = try Goldens.cases().boxes.map { LabeledBox(BoundingBox($0), label: 0) }
        let sample = Sample(image: Raster(try Goldens.image("picture")), boxes: boxes)
        let result = Self.flips[index](sample, using: &stream)
        #expect(result.image == Raster(try Goldens.image(golden.name)))
        for (box, expected) in zip(result.boxes, golden.boxes) {
            #expect(box.box.isClose(to: BoundingBox(expected), within: 1e-4))
        }
    }
}
