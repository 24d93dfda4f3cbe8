import ApusCore
import ApusVision
import CApusKernels
import CApusOpenCV
import Testing

@testable import ApusAugmentation

@Suite struct TileCanvasTests {
    static let four = TileCanvas(
        size: ImageSize(square: 64),
        tiles: [
            .init(noise(width: 32, height: 24, seed: 1), left: 0, top: 4),
            .init(noise(width: 32, height: 32, seed: 2), left: 32, top: -4),
            .init(noise(width: 20, height: 32, seed: 3), left: 12, top: 28),
            .init(noise(width: 40, height: 50, seed: 4), left: 32, top: 28),
        ])

    static func map(_ seed: UInt64, perspective: Double) -> ProjectiveMap {
        var stream = RandomStream(seed: seed)
        let affine = RandomAffine(
            degrees: 90, translate: 0.4, scale: 0.9, shear: 30, perspective: perspective,
            outputSize: ImageSize(width: 41, height: 33))
        return affine.draw(for: ImageSize(square: 64), using: &stream).map
    }

    @Test(arguments: 0..<40, [0, 0.001])
    func `drawing from tiles equals drawing the canvas built whole`(seed: UInt64, perspective: Double) {
        let map = Self.map(seed, perspective: perspective)
        let whole = TileCanvas(size: Self.four.size, tiles: [.init(Self.four.flattened(), left: 0, top: 0)])
        let size = ImageSize(width: 41, height: 33)
        #expect(Self.four.image(through: map, size: size) == whole.image(through: map, size: size))
    }

    @Test(arguments: 0..<40)
    func `the fast kernel equals the readable one`(seed: UInt64) {
        let map = Self.map(seed, perspective: 0)
        let size = ImageSize(width: 41, height: 33)
        let fast = Self.four.image(through: map, size: size)
        let generic = Image(uninitializedWidth: size.width, height: size.height, channels: 3) { pixels in
            let output = PixelView(pixels.baseAddress!, size: size)
            Self.four.draw(through: map, into: output, by: apus_warp_tiles_generic)
        }
        #expect(fast == generic)
    }

    @Test func `the identity copies, and a turn by 90° transposes and mirrors`() {
        let image = noise(width: 9, height: 9)
        let canvas = TileCanvas(size: image.size, tiles: [.init(image, left: 0, top: 0)])
        #expect(canvas.image(through: .identity, size: image.size) == image)
        let turn = ProjectiveMap.translation(x: 4.5, y: 4.5) * .rotation(degrees: 90) * .translation(x: -4.5, y: -4.5)
        let turned = canvas.image(through: turn, size: image.size)
        for y in 0..<9 {
            for x in 0..<9 { #expect(turned.pixels[((8 - x) * 9 + y) * 3] == image.pixels[(y * 9 + x) * 3]) }
        }
    }

    @Test(arguments: ["rotation", "shift", "shear"])
    func `equals albumentations' affine transform up to OpenCV's coarser weights`(name: String) throws {
        let cases = try Goldens.cases()
        let golden = try #require(cases.cases.first { $0.name == name })
        let index = ProjectiveMap(try #require(golden.matrix))
        let map = ProjectiveMap.translation(x: 0.5, y: 0.5) * index * .translation(x: -0.5, y: -0.5)
        let image = try Goldens.image("picture")
        let result = TileCanvas(size: image.size, tiles: [.init(image, left: 0, top: 0)])
            .image(through: map, size: image.size)
        let difference = differences(result, try Goldens.image(name))
        #expect(difference.largest <= 8 && difference.mean < 0.6)
        for (box, expected) in zip(cases.boxes, golden.boxes) {
            #expect(BoundingBox(box).hull { map($0) }.isClose(to: BoundingBox(expected), within: 1e-3))
        }
        if let rotation = golden.rotation, let scale = golden.scale {
            let ours = ProjectiveMap.rotation(degrees: rotation, scale: scale)
            for place in [0, 1, 3, 4] { #expect(abs(ours.elements[place] - map.elements[place]) < 1e-12) }
        }
    }

    @Test func `equals OpenCV's warp`() {
        let image = noise(width: 30, height: 20).blurredForTests
        let map = ProjectiveMap([0.8, 0.1, 3.25, -0.2, 1.1, 2.5, 0, 0, 1])
        let index = ProjectiveMap.translation(x: -0.5, y: -0.5) * map * .translation(x: 0.5, y: 0.5)
        let expected = OpenCV.map(image) { apus_cv_warp_affine($0, $1, index.elements, APUS_CV_LINEAR, 114) }
        let canvas = TileCanvas(size: image.size, tiles: [.init(image, left: 0, top: 0)])
        let difference = differences(canvas.image(through: map, size: image.size), expected)
        #expect(difference.largest <= 6 && difference.mean < 0.6)
    }

    @Test func `tiny tiles, far places and maps without an inverse give pixels, not crashes`() {
        let canvas = TileCanvas(
            size: ImageSize(square: 2),
            tiles: [
                .init(noise(width: 1, height: 1), left: 0, top: 0), .init(noise(width: 1, height: 1), left: 9, top: -9),
            ])
        let size = ImageSize(square: 5)
        let grey = Image(width: 5, height: 5, color: [114, 114, 114])
        #expect(canvas.image(through: ProjectiveMap([0, 0, 0, 0, 0, 0, 0, 0, 1]), size: size) == grey)
        #expect(canvas.image(through: .translation(x: 1e30, y: 0), size: size) == grey)
        #expect(canvas.image(through: .translation(x: .nan, y: 0), size: size) == grey)
        #expect(canvas.image(through: .rotation(degrees: 3, scale: 1e-5), size: size).size == size)
        #expect(canvas.image(through: .identity, size: size).pixels[3] == 114)
    }
}

extension Image {
    /// Smooth enough that OpenCV's weights of 1/32 differ little from 1/128.
    var blurredForTests: Image {
        var raster = Raster(self)
        raster.blurGaussian(sigma: 2)
        return Image(raster) ?? self
    }
}
