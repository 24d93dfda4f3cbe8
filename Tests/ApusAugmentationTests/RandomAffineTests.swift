import ApusAugmentation
import ApusCore
import ApusVision
import Testing

@Suite struct RandomAffineTests {
    static let sample = redRectangle(ImageSize(width: 120, height: 90), x: 30..<70, y: 20..<56)

    @Test func `without gains it is the identity`() {
        var stream = RandomStream(seed: 3)
        let affine = RandomAffine(translate: 0, scale: 0)
        #expect(affine(Self.sample, using: &stream) == Self.sample)
    }

    @Test(arguments: 0..<50)
    func `boxes stay with their pixels`(seed: UInt64) {
        var stream = RandomStream(seed: seed)
        let affine = RandomAffine(degrees: 40, translate: 0.2, scale: 0.5, shear: 15, perspective: 0.0005)
        let result = affine(Self.sample, using: &stream)
        guard let red = redBox(in: result.image), let box = result.boxes.first?.box else { return }
        #expect(box.grown(by: 1).contains(red), "\(box) does not hold \(red)")
        #expect(intersectionOverUnion(box, red) > 0.4)
    }

    @Test(arguments: 0..<50)
    func `without a turn the box is tight`(seed: UInt64) throws {
        var stream = RandomStream(seed: seed)
        let result = RandomAffine(translate: 0.1, scale: 0.4)(Self.sample, using: &stream)
        let (red, box) = (try #require(redBox(in: result.image)), try #require(result.boxes.first?.box))
        #expect(box.isClose(to: red, within: 1))
    }

    @Test func `a box of which a tenth is left goes`() {
        let rule = BoxRule()
        let whole: Float = 100 * 100
        #expect(rule.keeps(BoundingBox(minX: 0, minY: 0, maxX: 10.1, maxY: 100), wholeArea: whole))
        #expect(!rule.keeps(BoundingBox(minX: 0, minY: 0, maxX: 10, maxY: 100), wholeArea: whole))
        #expect(!rule.keeps(BoundingBox(minX: 0, minY: 0, maxX: 2, maxY: 100), wholeArea: 200))
        #expect(!rule.keeps(BoundingBox(minX: 0, minY: 0, maxX: 3, maxY: 300), wholeArea: 900))
        #expect(!rule.keeps(BoundingBox(minX: .nan, minY: 0, maxX: 3, maxY: 30), wholeArea: 90))
    }

    @Test func `draws lie within their gains`() {
        var stream = RandomStream(seed: 9)
        let affine = RandomAffine(translate: 0.1, scale: 0.5, outputSize: ImageSize(square: 100))
        for _ in 0..<200 {
            let draw = affine.draw(for: ImageSize(square: 200), using: &stream)
            #expect((0.5...1.5).contains(draw.scale))
            let center = draw.map(Point(100, 100))
            #expect((40...60).contains(center.x) && (40...60).contains(center.y))
        }
    }
}

extension RandomAffine {
    /// A picture moved by a draw of its own.
    fileprivate func callAsFunction(_ picture: LabeledImage, using stream: inout RandomStream) -> LabeledImage {
        let draw = draw(for: picture.image.size, using: &stream)
        return LabeledImage(image: apply(draw, to: picture.image), boxes: move(picture.boxes, by: draw))
    }
}
