import ApusConfiguration
import ApusCore
import ApusVision
import Testing

@testable import ApusAugmentation

@Suite struct AffineTests {
    static let picture = redRectangle(ImageSize(width: 120, height: 90), x: 30..<70, y: 20..<56)

    static func wild() -> Affine {
        var affine = Affine()
        affine.scale = AxisRanges(0.7...1.3)
        affine.translateFraction = AxisRanges(-0.2...0.2)
        (affine.rotation, affine.shear) = (-40...40, AxisRanges(-15...15))
        return affine
    }

    @Test func `by default it is the identity`() {
        var stream = RandomStream(seed: 3)
        let sample = Self.picture.sample
        #expect(Affine()(sample, using: &stream) == sample)
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `boxes stay with their pixels`(seed: UInt64) throws {
        var stream = RandomStream(seed: seed)
        let result = Self.wild()(Self.picture.sample, using: &stream)
        guard let red = redBox(in: try #require(Image(result.image))), let box = result.boxes.first?.box else { return }
        #expect(box.grown(by: 1).contains(red), "\(box) does not hold \(red)")
        #expect(intersectionOverUnion(box, red) > 0.4)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `turned, a rotated box keeps its size and polygon`(seed: UInt64) {
        var stream = RandomStream(seed: seed)
        var affine = Affine()
        affine.rotation = -180...180
        let box = RotatedBox(center: Point(60, 45), width: 20, height: 10, angle: 0.2, label: 1)
        var sample = Self.picture.sample
        sample.rotatedBoxes = [box]
        sample.polygons = [Polygon(rings: [box.corners], label: 1)]
        let result = affine(sample, using: &stream)
        let turned = result.rotatedBoxes[0]
        #expect(abs(turned.width - 20) < 1e-6 && abs(turned.height - 10) < 1e-6)
        for (corner, point) in zip(turned.corners, result.polygons[0].rings[0]) {
            #expect(abs(corner.x - point.x) < 1e-6 && abs(corner.y - point.y) < 1e-6)
        }
    }

    @Test func `crops in a row measure visibility against the first box`() {
        var sample = Self.picture.sample
        var shift = Affine()
        for _ in 0..<2 {
            shift.translatePixels = AxisRanges(x: -40...(-40), y: 0...0)
            var stream = RandomStream(seed: 1)
            sample = shift(sample, using: &stream)
        }
        #expect(sample.boxes.isEmpty && sample.dropped == [DroppedBox(index: 0, transform: "Affine", reason: .outside)])
        sample = Self.picture.sample
        for x in [-40.0, 60, -85] {
            shift.translatePixels = AxisRanges(x: x...x, y: 0...0)
            var stream = RandomStream(seed: 1)
            sample = shift(sample, using: &stream)
        }
        #expect(sample.boxes.map(\.box) == [BoundingBox(minX: 0, minY: 20, maxX: 5, maxY: 56)])
        #expect(sample.boxes[0].visibility == 5.0 / 40)
    }

    @Test(arguments: [1, 4, 5, 9])
    func `channels are moved alike`(channels: Int) throws {
        let grey = noiseRaster(width: 20, height: 16, channels: 1)
        let size = grey.size
        guard case .uint8(let pixels) = grey.storage else { return }
        let many = Raster(
            size: size, channels: channels, uint8: pixels.flatMap { Array(repeating: $0, count: channels) })
        var (one, two) = (RandomStream(seed: 7), RandomStream(seed: 7))
        let (a, b) = (Self.wild()(Sample(image: grey), using: &one), Self.wild()(Sample(image: many), using: &two))
        for y in 0..<16 {
            for x in 0..<20 { #expect(a.image[x, y, 0] == b.image[x, y, channels - 1]) }
        }
    }

    @Test func `reads a number, a pair and axes`() throws {
        let node = try YAMLReader.read("{scale: 2, rotate: [-5, 5], shear: {x: 3}, fill: [1, 2, 3]}", name: "test")
        let step = try TransformStep(name: "Affine", entries: node.entries ?? [], at: .standard, path: "")
        let affine = try #require(step.transform as? Affine)
        #expect(affine.scale == AxisRanges(2) && affine.rotation == -5...5)
        #expect(affine.shear == AxisRanges(x: 3...3, y: 0...0) && affine.look.fill == Fill([1, 2, 3]))
    }
}
