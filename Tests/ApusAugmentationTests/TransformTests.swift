import ApusConfiguration
import ApusCore
import ApusVision
import Testing

@testable import ApusAugmentation

/// Every registered transform through the same invariants.
@Suite struct TransformTests {
    static let names = TransformRegistry.byName.keys.sorted()

    static func transform(_ name: String) throws -> any Transform {
        try TransformRegistry.type(named: name, at: .standard).init()
    }

    static func sample(width: Int = 40, height: Int = 30, channels: Int = 3, isFloat: Bool = false) -> Sample {
        let (x, y) = (Float(width), Float(height))
        func corner(_ left: Double, _ top: Double) -> Point { Point(left * Double(width), top * Double(height)) }
        return Sample(
            image: noiseRaster(width: width, height: height, channels: channels, isFloat: isFloat),
            masks: [SampleMask("parts", noiseRaster(width: width, height: height, channels: 1))],
            boxes: [
                LabeledBox(BoundingBox(minX: 0.05 * x, minY: 0.1 * y, maxX: 0.75 * x, maxY: 0.8 * y), label: 1),
                LabeledBox(BoundingBox(minX: 0.25 * x, minY: 0.4 * y, maxX: 0.45 * x, maxY: y), label: 7),
            ],
            rotatedBoxes: [
                RotatedBox(
                    center: corner(0.5, 0.5), width: Double(width) / 2, height: Double(height) / 4, angle: 0.3, label: 2
                )
            ],
            polygons: [Polygon(rings: [[corner(0.1, 0.1), corner(0.9, 0.2), corner(0.4, 0.9)]], label: 3)],
            keypoints: [
                Keypoints([
                    Keypoint(x: 0.1 * x, y: 0.2 * y), Keypoint(x: 0.99 * x, y: 0.99 * y),
                    Keypoint(x: 0, y: 0, visibility: .absent),
                ])
            ],
            keypointMirror: [1, 0, 2])
    }

    @Test(arguments: names, 0..<3)
    func `the same draw gives the same sample, everything inside its image`(name: String, seed: UInt64) throws {
        let transform = try Self.transform(name)
        for channels in 1...5 {
            for isFloat in [false, true] {
                let sample = Self.sample(channels: channels, isFloat: isFloat)
                var (one, two) = (RandomStream(seed: seed), RandomStream(seed: seed))
                let result = transform(sample, using: &one)
                #expect(result == transform(sample, using: &two))
                expectInside(result, name)
            }
        }
    }

    @Test(arguments: names)
    func `an image has the channels afterwards that the transform says`(name: String) throws {
        let transform = try Self.transform(name)
        for channels in [1, 2, 3, 4, 5] {
            let sample = Self.sample(channels: channels)
            var stream = RandomStream(seed: 3)
            let result = transform(sample, using: &stream)
            guard let after = transform.channels(after: channels) else {
                #expect(result.image == sample.image, "\(name) changes \(channels) channels, which it does not take")
                continue
            }
            #expect(result.image.channels == after, "\(name) of \(channels) channels")
        }
    }

    private func expectInside(_ sample: Sample, _ name: String) {
        let frame = BoundingBox(minX: 0, minY: 0, maxX: Float(sample.size.width), maxY: Float(sample.size.height))
        #expect(sample.boxes.allSatisfy { frame.contains($0.box) && $0.box.area > 0 && [1, 7].contains($0.label) })
        #expect(sample.boxes.allSatisfy { $0.visibility <= 1.001 }, "\(name)")
        let accounted = Set(sample.boxes.map(\.index)).union(sample.dropped.map(\.index))
        #expect(accounted.isSuperset(of: [0, 1]), "\(name) reports no drop")
        #expect(sample.masks.allSatisfy { $0.raster.size == sample.size }, "\(name) leaves a mask of another size")
        #expect(sample.keypoints.allSatisfy { $0.points.count == 3 })
        let grown = frame.grown(by: 1e-3)
        for ring in sample.polygons.flatMap(\.rings) {
            #expect(BoundingBox(around: ring).map(grown.contains) ?? true, "\(name) leaves a polygon outside")
        }
    }

    @Test(arguments: names)
    func `takes the smallest images`(name: String) throws {
        let transform = try Self.transform(name)
        for (width, height) in [(1, 1), (3, 1), (1, 4), (2, 2)] {
            for channels in [1, 3, 4] {
                for isFloat in [false, true] {
                    var stream = RandomStream(seed: 1)
                    let sample = Self.sample(width: width, height: height, channels: channels, isFloat: isFloat)
                    expectInside(transform(sample, using: &stream), name)
                }
            }
        }
    }

    @Test(arguments: names)
    func `writes its parameters as it reads them`(name: String) throws {
        let step = TransformStep(try Self.transform(name))
        let written = step.parameters()
        #expect(Set(written.map(\.key)).count == written.count, "\(name) binds a key twice")
        let read = try TransformStep(name: name, entries: written, at: .standard, path: "")
        #expect(read.parameters() == written)
    }

    @Test(arguments: names)
    func `a draw survives being written`(name: String) throws {
        try expectDrawSurvives(try Self.transform(name))
    }

    private func expectDrawSurvives<T: Transform>(_ transform: T) throws {
        let sample = Self.sample()
        var stream = RandomStream(seed: 4)
        guard let draw = transform.draw(for: sample, using: &stream) else { return }
        let text = try Configuration.encodeJSON([draw])
        let read = try #require(try Configuration.decodeJSON([T.Draw].self, text, name: "draw").first)
        var (one, two) = (sample, sample)
        transform.apply(draw, to: &one)
        transform.apply(read, to: &two)
        #expect(one == two)
    }

    @Test func `an unknown key is refused with the nearest one`() {
        let entries = [YAMLEntry("treshold_range", .list([.number(0.1), .number(0.2)]))]
        #expect {
            try TransformStep(name: "Solarize", entries: entries, at: .standard, path: "transforms[0]")
        } throws: {
            "\($0)".contains("transforms[0]: unknown key 'treshold_range'; did you mean 'threshold_range'?")
        }
    }

    @Test(arguments: [("Solarise", "did you mean 'Solarize'?"), ("Xyzzyplugh", "names the transforms")])
    func `an unknown transform is refused`(name: String, remedy: String) {
        #expect { try TransformRegistry.type(named: name, at: .standard) } throws: { "\($0)".contains(remedy) }
    }

    @Test func `a value out of its range is refused`() {
        for value in [1.5, -0.1] {
            #expect(throws: ConfigurationError.self) {
                try TransformStep(
                    name: "Solarize", entries: [YAMLEntry("p", .number(value))], at: .standard, path: "")
            }
        }
    }
}
