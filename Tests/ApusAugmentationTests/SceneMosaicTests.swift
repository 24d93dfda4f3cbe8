import ApusAugmentation
import ApusCore
import ApusVision
import Testing

@Suite struct SceneMosaicTests {
    static let mosaic = SceneMosaic(imageSize: 32)
    static let samples = [
        redRectangle(ImageSize(width: 32, height: 24), x: 4..<20, y: 3..<15),
        redRectangle(ImageSize(width: 20, height: 32), x: 2..<18, y: 0..<12),
        redRectangle(ImageSize(width: 32, height: 32), x: 8..<30, y: 8..<30),
        redRectangle(ImageSize(width: 32, height: 10), x: 0..<9, y: 1..<9),
    ]

    @Test(arguments: 0..<30)
    func `each sample's box stays on its pixels`(seed: UInt64) throws {
        var stream = RandomStream(seed: seed)
        let draw = Self.mosaic.draw(using: &stream)
        #expect((16...48).contains(draw.centerX) && (16...48).contains(draw.centerY))
        for place in 0..<4 {
            let samples = Self.samples.enumerated().map { $0 == place ? $1 : LabeledImage(image: $1.image.greyed) }
            let scene = Self.mosaic.scene(samples, draw)
            let red = redBox(in: scene.canvas.flattened())
            #expect(scene.boxes.first?.box == red)
        }
    }

    @Test(arguments: 0..<30)
    func `drawn through a map, the boxes still hold their pixels and little else`(seed: UInt64) {
        var stream = RandomStream(seed: seed)
        let affine = RandomAffine(
            outputSize: ImageSize(square: 32),
            rule: BoxRule(minimumSide: 0, maximumAspect: .infinity, minimumVisibility: 0))
        let scene = Self.mosaic.scene(Self.samples, Self.mosaic.draw(using: &stream))
        let draw = affine.draw(for: scene.canvas.size, using: &stream)
        var boxes: [SceneObject] = []
        let image = Image(uninitializedWidth: 32, height: 32, channels: 3) { pixels in
            boxes = scene.draw(draw, of: affine, into: PixelView(pixels.baseAddress!, size: ImageSize(square: 32)))
        }
        for y in 0..<32 {
            for x in 0..<32 {
                let isRed = image.pixels[(y * 32 + x) * 3] > 250 && image.pixels[(y * 32 + x) * 3 + 1] < 10
                let isGrey = image.pixels[(y * 32 + x) * 3] < 120
                let pixel = BoundingBox(minX: Float(x), minY: Float(y), maxX: Float(x + 1), maxY: Float(y + 1))
                if isRed { #expect(boxes.contains { $0.box.grown(by: 1).contains(pixel) }) }
                if isGrey { #expect(!boxes.contains { $0.box.grown(by: -1).contains(pixel) }) }
            }
        }
    }

    @Test func `the four meet at the centre and do not overlap`() {
        let scene = Self.mosaic.scene(Self.samples, SceneMosaic.Draw(centerX: 30, centerY: 40))
        let corners = scene.canvas.tiles.map { [$0.left, $0.top, $0.left + $0.image.width, $0.top + $0.image.height] }
        #expect(corners == [[-2, 16, 30, 40], [30, 8, 50, 40], [-2, 40, 30, 72], [30, 40, 62, 50]])
        #expect(scene.canvas.size == ImageSize(square: 64))
        #expect(scene.boxes[0].box == BoundingBox(minX: 2, minY: 19, maxX: 18, maxY: 31))
    }
}

extension Image {
    /// The same size, without anything in it.
    var greyed: Image { Image(width: width, height: height, color: [114, 114, 114]) }
}
