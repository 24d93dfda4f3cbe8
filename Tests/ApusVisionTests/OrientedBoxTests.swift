import ApusCore
import Testing

@testable import ApusVision

@Suite struct OrientedBoxTests {
    private func random(_ stream: inout RandomStream) -> OrientedBox {
        OrientedBox(
            centerX: stream.uniform(in: 0...40), centerY: stream.uniform(in: 0...40), width: stream.uniform(in: 1...30),
            height: stream.uniform(in: 1...30), angle: stream.uniform(in: -4...4))
    }

    @Test func `at an angle of 0 it is an upright box`() {
        let box = OrientedBox(centerX: 10, centerY: 20, width: 6, height: 4, angle: 0)
        #expect(box.corners == [SIMD2(7, 18), SIMD2(13, 18), SIMD2(13, 22), SIMD2(7, 22)])
        #expect(box.boundingBox == BoundingBox(minX: 7, minY: 18, maxX: 13, maxY: 22))
        // A right angle turns clockwise as seen: the side `width` points down.
        let turned = OrientedBox(centerX: 0, centerY: 0, width: 6, height: 4, angle: .pi / 2).corners
        #expect(abs(turned[1].x - 2) < 1e-5 && abs(turned[1].y - 3) < 1e-5)
    }

    @Test(arguments: OrientedOverlap.allCases)
    func `overlaps are symmetric, 1 with itself, and blind to how a box is described`(overlap: OrientedOverlap) {
        var stream = RandomStream(seed: 4)
        for _ in 0..<200 {
            let (a, b) = (random(&stream), random(&stream))
            var same = b
            (same.width, same.height, same.angle) = (b.height, b.width, b.angle + .pi / 2)
            let value = overlap(a, b)
            #expect((0...1).contains(value) && abs(value - overlap(b, a)) < 1e-4)
            #expect(abs(value - overlap(a, same)) < 2e-3 && overlap(a, a) > 0.998)
        }
    }

    @Test func `of upright boxes the exact overlap is that of boxes`() {
        var stream = RandomStream(seed: 8)
        for _ in 0..<200 {
            var (a, b) = (random(&stream), random(&stream))
            (a.angle, b.angle) = (0, 0)
            let expected = intersectionOverUnion(a.boundingBox, b.boundingBox)
            #expect(abs(OrientedOverlap.exact(a, b) - expected) < 1e-5)
        }
    }

    @Test(arguments: OrientedOverlap.allCases)
    func `a box without area or numbers overlaps nothing`(overlap: OrientedOverlap) {
        let box = OrientedBox(centerX: 1, centerY: 1, width: 2, height: 2, angle: 0.3)
        for (width, angle) in [(0, 0), (-1, 0), (.nan, 0), (.infinity, 0), (2, .nan), (1e-30, 0)] as [(Float, Float)] {
            let odd = OrientedBox(centerX: 1, centerY: 1, width: width, height: 2, angle: angle)
            #expect((0...0.01).contains(overlap(box, odd)))
        }
    }

    @Test func `scaling both axes alike scales the box`() {
        let box = OrientedBox(centerX: 4, centerY: 6, width: 10, height: 3, angle: 0.7)
        let twice = box.scaled(2, 2)
        #expect(
            zip(twice.corners, box.corners).allSatisfy { abs($0.x - 2 * $1.x) < 1e-4 && abs($0.y - 2 * $1.y) < 1e-4 })
        let stretched = box.scaled(2, 0.5)
        #expect(abs(stretched.area - box.area) < 1e-3 && stretched.centerX == 8 && stretched.centerY == 3)
    }

    @Test func `the lesser of two that overlap falls, within a class`() {
        let boxes = [0, 0.1, 1.5].map { OrientedBox(centerX: 9, centerY: 9, width: 12, height: 3, angle: $0) }
        let kept = survivors(
            of: boxes, scores: [0.5, 0.9, 0.7], labels: [0, 0, 0], overlap: .exact, iouThreshold: 0.5)
        #expect(kept == [1, 2])
        let apart = survivors(
            of: boxes, scores: [0.5, 0.9, 0.7], labels: [0, 1, 0], overlap: .exact, iouThreshold: 0.5,
            maximumDetections: 2)
        #expect(apart == [1, 2])
    }
}

@Suite struct ImageWindowTests {
    @Test func `the whole image is itself, and beyond it is black`() {
        let image = Image.noise(width: 13, height: 9)
        #expect(image.sampled(ImageWindow(left: 0, top: 0, width: 13, height: 9), width: 13, height: 9) == image)
        let moved = image.sampled(ImageWindow(left: 5, top: -4, width: 13, height: 9), width: 13, height: 9)
        #expect(moved.pixels[0] == 0)
        #expect(moved.pixels[(4 * 13) * 3] == image.pixels[5 * 3] && moved.pixels[(8 * 13 + 12) * 3] == 0)
        let far = ImageWindow(left: 1e30, top: -.greatestFiniteMagnitude, width: 5, height: 1e38)
        #expect(image.sampled(far, width: 3, height: 3).pixels.allSatisfy { $0 == 0 })
    }

    @Test func `a window has the input's shape around the box's middle`() throws {
        let box = BoundingBox(minX: 10, minY: 20, maxX: 30, maxY: 100)
        let window = try #require(ImageWindow(around: box, enlargedBy: 1.25, toShapeOf: 192, 256))
        #expect(window.height == 100 && window.width == 75 && window.left == -17.5 && window.top == 10)
        let wide = try #require(
            ImageWindow(around: .init(minX: 0, minY: 0, maxX: 90, maxY: 3), enlargedBy: 1, toShapeOf: 192, 256))
        #expect(wide.width == 90 && wide.height == 120)
        for odd in [BoundingBox(minX: 3, minY: 3, maxX: 3, maxY: 9), .init(minX: .nan, minY: 0, maxX: 1, maxY: 1)] {
            #expect(ImageWindow(around: odd, enlargedBy: 1, toShapeOf: 3, 4) == nil)
        }
    }
}
