import ApusCore
import Glibc
import Testing

@testable import ApusVision

@Suite struct ObjectDrawingTests {
    private let image = Image(width: 320, height: 240, color: [70, 90, 80])

    /// Set APUS_PICTURES to a folder to look at what these tests draw.
    private func show(_ image: Image, _ name: String) throws {
        guard let folder = getenv("APUS_PICTURES") else { return }
        try FileSystem.writeWhole(image.pngData(), to: String(cString: folder) + "/" + name + ".png")
    }

    private func pixel(_ image: Image, _ x: Int, _ y: Int) -> [UInt8] {
        Array(image.pixels[((y * image.width + x) * 3)..<((y * image.width + x) * 3 + 3)])
    }

    @Test func `masks, boxes at an angle and skeletons are drawn`() throws {
        var mask = RegionMask(imageWidth: 320, imageHeight: 240, left: 30, top: 30, width: 100, height: 100)
        for x in 0..<100 { mask.fill(column: x, (50 - min(x, 99 - x))..<(50 + min(x, 99 - x))) }
        var cell = DrawnObject(
            BoundingBox(minX: 30, minY: 30, maxX: 130, maxY: 130), caption: "cell 0.91", color: .palette(0))
        cell.mask = mask
        let ship = OrientedBox(centerX: 230, centerY: 70, width: 90, height: 30, angle: 0.5)
        var turned = DrawnObject(ship.boundingBox, caption: "ship 0.8", color: .palette(1))
        turned.outline = ship.corners
        var mouse = DrawnObject(
            BoundingBox(minX: 150, minY: 130, maxX: 300, maxY: 230), caption: "mouse 0.7", color: .palette(2))
        let places = [SIMD2<Float>(170, 150), SIMD2(220, 190), SIMD2(280, 210)]
        mouse.points = places.enumerated().map { ($1, .palette($0 + 1)) }
        mouse.bones = [(places[0], places[1], .palette(4)), (places[1], places[2], .palette(5))]
        let drawn = image.drawing(objects: [cell, turned, mouse], enlargedTo: 512)
        try show(drawn, "objects")
        #expect(drawn.width == 640 && drawn.height == 480)
        #expect(pixel(drawn, 160, 160) != [70, 90, 80] && pixel(drawn, 66, 66) == [70, 90, 80])
        #expect(pixel(drawn, 440, 380) == [Color.palette(2).red, Color.palette(2).green, Color.palette(2).blue])
    }

    @Test func `classes colour their pixels, and text stands on bars`() throws {
        let classes = IndexImage(width: 320, height: 240, indices: (0..<(320 * 240)).map { UInt8($0 / 320 / 80) })
        let drawn = image.drawing(classes: classes) { $0 == 0 ? nil : .palette($0) }
        #expect(pixel(drawn, 5, 5) == [70, 90, 80] && pixel(drawn, 5, 100) != pixel(drawn, 5, 200))
        let lines = [("0.91 cat", 0.91, 0), ("0.05 dog", 0.05, 1), ("nan bird", .nan, 2)] as [(String, Float, Int)]
        let listed = drawn.drawing(lines: lines.map { ($0.0, $0.1, .palette($0.2)) }, enlargedTo: 512)
        try show(listed, "lines")
        #expect(listed.width == 640 && listed != drawn)
    }

    @Test func `odd objects do no harm`() {
        var odd = DrawnObject(
            BoundingBox(minX: .nan, minY: -1e30, maxX: .infinity, maxY: 1e30), caption: "x", color: .white)
        odd.points = [(SIMD2(.nan, 1e30), .white)]
        odd.bones = [(SIMD2(-1e30, 0), SIMD2(.infinity, 5), .white)]
        odd.outline = [SIMD2(1e35, -1e35), SIMD2(.nan, 0)]
        odd.mask = RegionMask(imageWidth: 900, imageHeight: 900, left: 0, top: 0, width: 0, height: 0)
        for (width, height) in [(1, 1), (3, 200), (30, 20)] {
            let small = Image(width: width, height: height, color: [0, 0, 0])
            #expect(small.drawing(objects: [odd], enlargedTo: 1).width == width)
        }
    }
}
