import ApusConfiguration
import ApusCore
import ApusVision
import Foundation
import Testing

@testable import ApusAugmentation

/// Spatial transforms against albumentations with fixed parameters (Oracles/make_spatial.py).
@Suite struct SpatialGoldenTests {
    struct Goldens: Decodable {
        struct Picture: Decodable {
            var start, height, width, channels: Int
        }
        struct Source: Decodable {
            var image, mask: Picture
            var boxes: [[Float]]
            var keypoints: [[Float]]
        }
        struct Case: Decodable {
            var name, parameters: String
            var draw: String?
            var image, mask: Picture
            var boxes, keypoints: [[Float]]?
            /// How far boxes may differ, in pixels.
            var boxesWithin: Float
        }
        var source: Source
        var cases: [Case]
    }

    /// How far pixels may differ, and how many of the mask's may, beyond 1 grey level and none: OpenCV's new and old
    /// versions round differently, and albumentations' own numbers are floats.
    static let exceptions: [String: (level: Int, maskPixels: Int)] = [:]

    let goldens: Goldens
    let bytes: [UInt8]

    init() throws {
        let folder = Oracles.folder
        goldens = try JSONDecoder().decode(Goldens.self, from: Data(try FileSystem.read(folder + "spatial.json")))
        bytes = try FileSystem.read(folder + "spatial.bin")
    }

    enum Oracles { static let folder = ApusAugmentationTests.Goldens.folder }

    private func raster(_ picture: Goldens.Picture) -> Raster {
        let size = ImageSize(width: picture.width, height: picture.height)
        let count = picture.width * picture.height * picture.channels
        return Raster(
            size: size, channels: picture.channels, uint8: Array(bytes[picture.start..<picture.start + count]))
    }

    private var sample: Sample {
        let points = goldens.source.keypoints.map { Keypoint(x: $0[0] + 0.5, y: $0[1] + 0.5) }
        return Sample(
            image: raster(goldens.source.image), masks: [SampleMask("parts", raster(goldens.source.mask))],
            boxes: goldens.source.boxes.map { LabeledBox(BoundingBox($0), label: 0) },
            keypoints: points.map { Keypoints([$0]) })
    }

    private func result<T: ApusAugmentation.Transform>(_ transform: T, _ draw: String?) throws -> Sample {
        var (stream, result) = (RandomStream(seed: 1), sample)
        guard let draw else { return transform(sample, using: &stream) }
        let read = try #require(try Configuration.decodeJSON([T.Draw].self, "[\(draw)]", name: "draw").first)
        transform.apply(read, to: &result)
        return result
    }

    @Test func `equal albumentations with fixed parameters`() throws {
        #expect(goldens.cases.count > 40)
        for golden in goldens.cases {
            let node = try YAMLReader.read(golden.parameters, name: golden.name)
            let step = try TransformStep(name: golden.name, entries: node.entries ?? [], at: .standard, path: "")
            let made = try result(withPictures(step.transform), golden.draw)
            let title = Comment(rawValue: "\(golden.name) \(golden.parameters)")
            expectPixels(made, golden, title)
            if let boxes = golden.boxes { expectBoxes(made, boxes, within: golden.boxesWithin, title) }
            if let keypoints = golden.keypoints { expectPoints(made, keypoints, title) }
        }
    }

    /// The pictures that make_spatial.py overlays are parts of its image and mask.
    private func withPictures(_ transform: any ApusAugmentation.Transform) -> any ApusAugmentation.Transform {
        guard var overlaying = transform as? OverlayElements else { return transform }
        func part(_ picture: Goldens.Picture, _ x: Range<Int>, _ y: Range<Int>) -> Raster {
            raster(picture).framed(CropFrame(x: x, y: y), .constant, .zero)
        }
        let (image, mask) = (goldens.source.image, goldens.source.mask)
        let box = BoundingBox(minX: 0.25, minY: 0.2, maxX: 0.8, maxY: 0.7)
        overlaying.overlays = [
            OverlayElements.Overlay(
                part(image, 10..<30, 4..<20), mask: part(mask, 10..<30, 4..<20), box: box, maskValue: 5),
            OverlayElements.Overlay(part(image, 5..<15, 20..<30)),
        ]
        return overlaying
    }

    private func expectPixels(_ made: Sample, _ golden: Goldens.Case, _ title: Comment) {
        let (image, mask) = (raster(golden.image), raster(golden.mask))
        #expect(made.image.size == image.size, title)
        guard made.image.size == image.size, made.masks[0].raster.size == mask.size else { return }
        let allowed = Self.exceptions[golden.name] ?? (1, 0)
        let levels = zip(values(made.image), values(image)).map { abs($0 - $1) }
        #expect((levels.max() ?? 0) <= allowed.level, title)
        let different = zip(values(made.masks[0].raster), values(mask)).count { $0 != $1 }
        #expect(different <= allowed.maskPixels, title)
    }

    private func values(_ raster: Raster) -> [Int] {
        guard case .uint8(let elements) = raster.storage else { return [] }
        return elements.map(Int.init)
    }

    private func expectBoxes(_ made: Sample, _ expected: [[Float]], within tolerance: Float, _ title: Comment) {
        func sorted(_ boxes: [BoundingBox]) -> [BoundingBox] {
            boxes.sorted { ($0.minX, $0.minY, $0.maxX) < ($1.minX, $1.minY, $1.maxX) }
        }
        let (boxes, goldens) = (sorted(made.boxes.map(\.box)), sorted(expected.map(BoundingBox.init)))
        #expect(boxes.count == goldens.count, title)
        for (box, golden) in zip(boxes, goldens) {
            #expect(box.isClose(to: golden, within: tolerance), "\(title): \(box), expected \(golden)")
        }
    }

    private func expectPoints(_ made: Sample, _ expected: [[Float]], _ title: Comment) {
        let size = made.size
        for (object, golden) in zip(made.keypoints, expected) {
            let (point, x, y) = (object.points[0], golden[0] + 0.5, golden[1] + 0.5)
            let isInside = x >= 0 && y >= 0 && x < Float(size.width) && y < Float(size.height)
            guard isInside else {
                #expect(point.visibility == .absent, title)
                continue
            }
            #expect(abs(point.x - x) < 1e-4 && abs(point.y - y) < 1e-4, "\(title): \(point), expected \(x) \(y)")
        }
    }
}
