import ApusConfiguration
import ApusCore
import ApusVision
import Testing

@testable import ApusAugmentation

@Suite struct SpatialTransformTests {
    static let families = [flips, sizes, crops, warps]
    static let names = families.joined().map { $0.name }.filter { $0 != "OverlayElements" }.sorted()

    /// A red rectangle, its box, and a point in its middle.
    static let sample: Sample = {
        var sample = redRectangle(ImageSize(width: 120, height: 90), x: 40..<80, y: 30..<66).sample
        sample.keypoints = [Keypoints([Keypoint(x: 60, y: 48)])]
        return sample
    }()

    @Test(arguments: names, 0..<6 as Range<UInt64>)
    func `boxes and points stay with their pixels`(name: String, seed: UInt64) throws {
        let transform = try TransformTests.transform(name)
        var stream = RandomStream(seed: seed)
        let result = transform(Self.sample, using: &stream)
        guard let red = redBox(in: try #require(Image(result.image))) else { return }
        let hull = try #require(BoundingBox(around: result.boxes.flatMap { $0.box.corners }))
        #expect(hull.grown(by: 2.5).contains(red), "\(name): \(hull) does not hold \(red)")
        let point = result.keypoints[0].points[0]
        guard point.visibility != .absent else { return }
        let frame = red.grown(by: 1)
        #expect(point.x >= frame.minX && point.x <= frame.maxX && point.y >= frame.minY && point.y <= frame.maxY)
    }

    @Test func `four quarter turns are the identity, and each symmetry has an inverse`() {
        let sample = TransformTests.sample(width: 7, height: 5, channels: 2)
        var turned = sample
        for _ in 0..<4 { D4().apply(.quarter, to: &turned) }
        #expect(turned.image == sample.image && turned.masks == sample.masks)
        for symmetry in Symmetry.allCases {
            let inverses = Symmetry.allCases.filter { other in
                var result = sample
                D4().apply(symmetry, to: &result)
                D4().apply(other, to: &result)
                return result.image == sample.image
            }
            #expect(inverses.count == 1)
        }
    }

    @Test(arguments: Symmetry.allCases)
    func `every pixel size is turned alike`(symmetry: Symmetry) {
        for channels in 1...5 {
            let raster = noiseRaster(width: 41, height: 37, channels: channels)
            var turned = raster
            symmetry(&turned)
            for (x, y) in [(0, 0), (40, 0), (0, 36), (40, 36), (13, 22)] {
                let place = symmetry(Point(Double(x) + 0.5, Double(y) + 0.5), in: raster.size)
                for channel in 0..<channels {
                    #expect(turned[Int(place.x), Int(place.y), channel] == raster[x, y, channel])
                }
            }
        }
    }

    @Test func `a reflecting border repeats boxes, polygons and skeletons`() throws {
        var pad = Pad()
        pad.padding = Padding(left: 60)
        pad.border = .reflect
        var stream = RandomStream(seed: 1)
        let result = pad(Self.sample, using: &stream)
        #expect(result.boxes.count == 2 && result.keypoints.count == 2)
        #expect(
            Set(result.boxes.map(\.box)) == [
                BoundingBox(minX: 100, minY: 30, maxX: 140, maxY: 66),
                BoundingBox(minX: 0, minY: 30, maxX: 20, maxY: 66),
            ])
    }

    @Test func `a dropped box is reported, and a shrunken one is less visible`() {
        var sample = Self.sample
        CoarseDropout().apply(Holes([PixelRectangle(left: 40, top: 30, width: 30, height: 36)], seed: 1), to: &sample)
        #expect(sample.boxes[0].box == BoundingBox(minX: 70, minY: 30, maxX: 80, maxY: 66))
        #expect(sample.boxes[0].visibility == 0.25)
        #expect(sample.keypoints[0].points[0].visibility == .occluded)
        CoarseDropout().apply(Holes([PixelRectangle(left: 0, top: 0, width: .max, height: .max)], seed: 1), to: &sample)
        #expect(sample.boxes.isEmpty)
        #expect(sample.dropped == [DroppedBox(index: 0, transform: "CoarseDropout", reason: .removed)])
    }

    @Test func `mask dropout covers a whole object`() throws {
        var sample = Self.sample
        var mask = [UInt8](repeating: 0, count: 120 * 90)
        for y in 30..<66 { for x in 40..<80 { mask[y * 120 + x] = 3 } }
        sample.masks = [SampleMask("objects", Raster(size: sample.size, channels: 1, uint8: mask))]
        var stream = RandomStream(seed: 1)
        let result = MaskDropout()(sample, using: &stream)
        #expect(redBox(in: try #require(Image(result.image))) == nil)
        #expect(result.boxes.isEmpty && result.dropped.count == 1)
    }

    @Test func `pixels drop as often as asked`() {
        var dropout = PixelDropout()
        dropout.probability = 0.2
        dropout.fill = Fill([7])
        var image = Raster(
            size: ImageSize(square: 200), channels: 3, uint8: [UInt8](repeating: 99, count: 120_000))
        dropout.apply(5, to: &image)
        guard case .uint8(let elements) = image.storage else { return }
        let dropped = elements.count { $0 == 7 }
        #expect(dropped % 3 == 0 && abs(Double(dropped) / 120_000 - 0.2) < 0.01)
    }

    @Test func `a strange draw changes nothing or little`() {
        var sample = Self.sample
        RandomGridShuffle().apply(
            .init(tiles: [PixelRectangle(left: 5, top: 5, width: 500, height: 5)], order: [0]), to: &sample)
        PiecewiseAffine().apply(.init(rows: -4, columns: 1 << 40, moves: []), to: &sample)
        ThinPlateSpline().apply([Point(.nan, 1)], to: &sample)
        GridElasticDeform().apply(.init(x: [0], y: [], moves: []), to: &sample)
        GridDistortion().apply(.init(x: [], y: [.nan]), to: &sample)
        Rotate().apply(
            PlaneWarp(map: ProjectiveMap([Double](repeating: .nan, count: 9)), outputSize: sample.size), to: &sample)
        RandomCrop().apply(
            CropFrame(x: .min, y: .max, size: ImageSize(width: -3, height: 0)), to: &sample)
        #expect(sample.size == ImageSize(square: 1))
    }

    @Test(arguments: [
        ("Resize", "{height: 3}", "'width' is missing"), ("RandomScale", "{scale_limit: 1000}", "expected"),
        ("PadIfNeeded", "{pad_height_divisor: 32}", "one of min_height"),
        ("MaskDropout", "{fill: random}", "expected a number"), ("Crop", "{x_min: 9, x_max: 4}", "above x_min"),
    ])
    func `bad parameters are refused`(name: String, text: String, problem: String) throws {
        let node = try YAMLReader.read(text, name: "test")
        #expect {
            try TransformStep(name: name, entries: node.entries ?? [], at: .standard, path: "")
        } throws: { "\($0)".contains(problem) }
    }
}
