import ApusCore
import ApusVision
import Testing

@testable import ApusDatasets

@Suite struct ComposeTests {
    private static let yaml = """
        name: scenes
        source: {format: idx, path: source}
        classes: [a, b, c]
        compose: {canvas: 96, scenes: {train: 12, val: 4, test: 4}, objects: [2, 4], size: [20, 40], seed: 5}
        """

    private func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try IDXSourceTests.write(to: folder, part: "train", labels: (0..<30).map { UInt8($0 % 3) })
        try IDXSourceTests.write(to: folder, part: "t10k", labels: (0..<20).map { UInt8($0 % 3) })
        try folder.write(Self.yaml, "dataset.yaml")
        return folder
    }

    @Test func `scenes have the promised numbers, sizes and boxes inside`() throws {
        let dataset = try folder().prepare(strict: true).dataset
        #expect(Split.allCases.map { dataset.indices(of: $0).count } == [12, 4, 4])
        for index in 0..<dataset.imageCount {
            let record = dataset.record(index)
            #expect((record.width, record.height) == (96, 96))
            #expect((1...4).contains(record.boxes.count))
            for box in record.boxes {
                #expect(box.box.minX >= 0 && box.box.minY >= 0 && box.box.maxX <= 96 && box.box.maxY <= 96)
                #expect((15...41).contains(max(box.box.width, box.box.height)))
            }
        }
    }

    @Test func `the same seed gives the same scenes, another seed others`() throws {
        let (a, b) = (try folder(), try folder())
        #expect(try a.prepare().id == b.prepare().id)
        #expect(try a.prepare().id != a.prepare(overrides: ["compose.seed=6"]).id)
    }

    @Test func `a scene does not depend on how many there are`() throws {
        let folder = try folder()
        let few = try folder.prepare(overrides: ["compose.scenes.train=3"]).dataset
        let many = try folder.prepare().dataset
        #expect((0..<3).allSatisfy { Array(few.storedImage($0)) == Array(many.storedImage($0)) })
    }

    @Test func `scenes of val and test need the held-out images`() throws {
        let folder = try TemporaryFolder()
        try IDXSourceTests.write(to: folder, part: "train", labels: [0, 1, 2])
        try folder.write(Self.yaml, "dataset.yaml")
        #expect(throws: DatasetError.self) { try folder.prepare() }
    }

    @Test func `a cutout is the object without its ground`() throws {
        var pixels = [UInt8](repeating: 0, count: 100)
        for y in 2..<8 { for x in 3..<9 { pixels[y * 10 + x] = 200 } }
        pixels[5 * 10 + 5] = 0
        pixels[0] = 90
        let cutout = try #require(Cutout(pixels[...], width: 10, height: 10))
        #expect((cutout.width, cutout.height) == (6, 6))
        #expect(cutout.opacity.allSatisfy { $0 == 1 })
        #expect(cutout.brightness.count { $0 == 0 } == 1)
        #expect(Cutout([UInt8](repeating: 3, count: 100)[...], width: 10, height: 10) == nil)
    }

    @Test func `a sprite's longer side is what was asked, mirrored twice it is itself`() throws {
        let pixels = (0..<784).map { (index: Int) -> UInt8 in
            let x = index % 28
            return (6..<14).contains(x) ? UInt8(100 + x) : 0
        }
        let cutout = try #require(Cutout(pixels[...], width: 28, height: 28))
        let sprite = Sprite(cutout, side: 42, isMirrored: false)
        #expect((sprite.width, sprite.height) == (12, 42))
        let mirrored = Sprite(cutout, side: 42, isMirrored: true)
        let rows = (0..<42).map { Array(mirrored.opacity[$0 * 12..<($0 + 1) * 12].reversed()) }
        #expect(rows.flatMap { $0 } == sprite.opacity)
    }

    @Test func `an object hides no more of another than allowed`() throws {
        let block = [UInt8](repeating: 200, count: 100)
        let sprite = Sprite(try #require(Cutout(block[...], width: 10, height: 10)), side: 10, isMirrored: false)
        var scene = Scene(side: 40, background: [SceneColor](repeating: SceneColor(0, 0, 0), count: 1600))
        scene.place(sprite, label: 1, x: 0, y: 0, tint: SceneColor(1, 1, 1), shadow: 0)
        #expect(scene.accepts(sprite, x: 9, y: 0, limit: 0.1))
        #expect(!scene.accepts(sprite, x: 8, y: 0, limit: 0.1))
        scene.place(sprite, label: 2, x: 9, y: 0, tint: SceneColor(1, 1, 1), shadow: 0)
        #expect(!scene.accepts(sprite, x: 0, y: 9, limit: 0.1))
        #expect(scene.annotations(withMasks: false).map(\.label) == [1, 2])
        #expect(scene.image.pixels[0] == 200)
        let box = try #require(scene.annotations(withMasks: false)[0].box)
        #expect((box.minX, box.maxX) == (0, 9))
    }
}
