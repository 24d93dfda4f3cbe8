import ApusConfiguration
import ApusCore
import ApusVision
import Testing

@testable import ApusAugmentation

@Suite struct PipelineTests {
    static let sample = TransformTests.sample()
    static let key = SampleKey(seed: 7, epoch: 2, sample: 11)

    static func step(_ transform: any Transform, _ probability: Double = 1) -> PipelineNode {
        .step(TransformStep(transform, probability: probability))
    }
    static let flip = step(HorizontalFlip()), turn = step(VerticalFlip())

    /// Names of what was applied for each of many keys.
    static func applied(_ nodes: [PipelineNode], count: Int = 2000) -> [[String]] {
        let (pipeline, tiny) = (Pipeline(nodes), Sample(image: noiseRaster(width: 2, height: 2)))
        return (0..<count).map {
            pipeline.recording(tiny, key: SampleKey(seed: 1, epoch: 0, sample: $0)).replay.applied.map(\.name)
        }
    }

    static func share(_ runs: [[String]], _ condition: ([String]) -> Bool) -> Double {
        Double(runs.count(where: condition)) / Double(runs.count)
    }

    @Test func `everything runs in order`() {
        let both = Self.applied([Self.flip, Self.turn], count: 10)
        #expect(both == Array(repeating: ["HorizontalFlip", "VerticalFlip"], count: 10))
    }

    @Test func `a transform runs as often as its probability says`() {
        let share = Self.share(Self.applied([Self.step(HorizontalFlip(), 0.3)])) { !$0.isEmpty }
        #expect(abs(share - 0.3) < 0.03)
    }

    @Test func `one of many is drawn by weight, and then always applied`() {
        let group = PipelineGroup(
            .oneOf, probability: 0.8, [Self.step(HorizontalFlip(), 0.1), Self.step(VerticalFlip(), 0.3)])
        let runs = Self.applied([.group(group)])
        #expect(abs(Self.share(runs) { $0.count == 1 } - 0.8) < 0.03 && runs.allSatisfy { $0.count < 2 })
        #expect(abs(Self.share(runs) { $0 == ["HorizontalFlip"] } - 0.2) < 0.03)
        let never = PipelineGroup(.oneOf, probability: 1, [Self.step(HorizontalFlip(), 0)])
        #expect(
            Self.applied([.group(never), .group(PipelineGroup(.oneOf, probability: 1, []))], count: 20).joined().isEmpty
        )
    }

    @Test func `some of many keep their order, a random order does not`() {
        let three = [Self.flip, Self.turn, Self.step(Solarize())]
        let some = Self.applied([.group(PipelineGroup(.someOf(count: 2, repeats: false), three))])
        let order = ["HorizontalFlip", "VerticalFlip", "Solarize"]
        #expect(some.allSatisfy { names in names.count == 2 && names == order.filter(names.contains) })
        #expect(abs(Self.share(some) { $0.contains("Solarize") } - 2.0 / 3) < 0.04)
        let shuffled = Self.applied([.group(PipelineGroup(.randomOrder(count: 9, repeats: false), three))])
        #expect(Set(shuffled).count == 6 && shuffled.allSatisfy { $0.count == 3 })
        let repeated = Self.applied([.group(PipelineGroup(.someOf(count: 4, repeats: true), three))])
        #expect(repeated.allSatisfy { $0.count == 4 } && Set(repeated).count == 15)
    }

    @Test func `one or the other runs`() {
        let runs = Self.applied([
            .group(PipelineGroup(.oneOrOther, probability: 0.25, [Self.step(HorizontalFlip(), 0), Self.turn]))
        ])
        #expect(runs.allSatisfy { $0.count == 1 })
        #expect(abs(Self.share(runs) { $0 == ["HorizontalFlip"] } - 0.25) < 0.03)
    }

    @Test func `single channels change alone`() {
        let group = PipelineGroup(.selectiveChannels([1, 7]), [Self.step(Solarize())])
        let result = Pipeline([.group(group)])(Self.sample, key: Self.key)
        for y in 0..<30 {
            for x in 0..<40 {
                #expect(result.image[x, y, 0] == Self.sample.image[x, y, 0])
                let value = Self.sample.image[x, y, 1]
                #expect(result.image[x, y, 1] == (value >= 127.5 ? 255 - value : value))
            }
        }
        #expect(result.boxes == Self.sample.boxes)
    }

    static func varied() throws -> Pipeline {
        try Pipeline(
            """
            transforms:
            - HorizontalFlip
            - Affine: {rotate: [-30, 30], scale: [0.5, 1.5], translate_percent: [-0.3, 0.3], p: 0.9}
            - SomeOf: {n: 2, replace: true, transforms: [Solarize: {threshold_range: [0.1, 0.9]}, VerticalFlip, HorizontalFlip]}
            - SelectiveChannelTransform: {channels: [2], transforms: [Solarize]}
            """, name: "varied")
    }

    @Test func `the same key gives the same sample, whatever the thread`() async throws {
        let pipeline = try Self.varied()
        let expected = (0..<32).map { pipeline(Self.sample, key: SampleKey(seed: 3, epoch: 1, sample: $0)) }
        let results = await withTaskGroup(of: (Int, Sample).self) { group in
            for index in (0..<32).reversed() {
                group.addTask { (index, pipeline(Self.sample, key: SampleKey(seed: 3, epoch: 1, sample: index))) }
            }
            return await group.reduce(into: [Int: Sample]()) { $0[$1.0] = $1.1 }
        }
        #expect((0..<32).allSatisfy { results[$0] == expected[$0] })
        #expect(Set(expected).count > 25)
        #expect(pipeline(Self.sample, key: SampleKey(seed: 3, epoch: 2, sample: 0)) != expected[0])
    }

    @Test func `a part's draws do not move another's`() {
        func draws(_ first: PipelineNode) -> [String] {
            (0..<20).map { index in
                Pipeline([first, Self.step(AffineTests.wild())])
                    .recording(Self.sample, key: SampleKey(seed: 3, epoch: 1, sample: index)).replay.applied
                    .last.flatMap { try? Configuration.encodeJSON([$0]) } ?? ""
            }
        }
        #expect(draws(Self.flip) == draws(Self.step(Solarize(), 0.5)))
    }

    @Test(arguments: 0..<12)
    func `a replay, written and read, does the same again`(index: Int) throws {
        let key = SampleKey(seed: 5, epoch: 0, sample: index)
        let (result, replay) = try Self.varied().recording(Self.sample, key: key)
        #expect(replay(Self.sample) == result)
        let read = try Configuration.decodeJSON(Replay.self, Configuration.encodeJSON(replay), name: "replay")
        #expect(read(Self.sample) == result)
        let yaml = try Configuration.decode(Replay.self, text: Configuration.encode(replay), name: "replay")
        #expect(yaml(Self.sample) == result)
        let other = TransformTests.sample(width: 50, height: 20, channels: 1, isFloat: true)
        #expect(read(other).image.channels == 1)
    }

    @Test func `boxes are judged against the original, whatever was cut before`() throws {
        let shift = { (x: Double) in
            var affine = Affine()
            affine.translatePixels = AxisRanges(x: x...x, y: 0...0)
            return Self.step(affine)
        }
        var rule = BoxParameters()
        rule.minimumVisibility = 0.15
        // The last step leaves a sixth of what it finds, and an eighth of the original.
        let nodes = [shift(-40), shift(60), shift(-85)]
        let result = Pipeline(nodes, boxes: rule)(AffineTests.picture.sample, key: Self.key)
        #expect(result.boxes.isEmpty)
        #expect(result.dropped == [DroppedBox(index: 0, transform: "Affine", reason: .visibility)])
        rule.minimumVisibility = 0.1
        #expect(Pipeline(nodes, boxes: rule)(AffineTests.picture.sample, key: Self.key).boxes.count == 1)
    }

    @Test func `each rule drops what breaks it, and says so`() throws {
        let rules: [(String, DroppedBox.Reason)] = [
            ("min_area: 60", .area), ("min_width: 7", .width), ("min_height: 9.5", .height),
            ("max_accept_ratio: 1.4", .aspect),
        ]
        let box = LabeledBox(BoundingBox(minX: 1, minY: 2, maxX: 7, maxY: 11), label: 0)
        let sample = Sample(image: noiseRaster(width: 20, height: 20), boxes: [box])
        for (rule, reason) in rules {
            let pipeline = try Pipeline("{transforms: [], bbox_params: {\(rule)}}", name: "rule")
            let result = pipeline(sample, key: Self.key)
            #expect(result.dropped == [DroppedBox(index: 0, transform: "Compose", reason: reason)])
        }
        let exact = try Pipeline(
            "{transforms: [], bbox_params: {min_area: 54, min_width: 6, max_accept_ratio: 1.5}}", name: "")
        #expect(exact(sample, key: Self.key).boxes.count == 1)
    }

    @Test func `no box is too strange`() {
        let numbers: [Float] = [.nan, .infinity, -.infinity, -1e30, 1e30, 0, 5, 19.99999, 20.00001]
        var boxes: [LabeledBox] = []
        for a in numbers {
            for b in numbers { boxes.append(LabeledBox(BoundingBox(minX: a, minY: 0, maxX: b, maxY: b), label: 0)) }
        }
        let sample = Sample(image: noiseRaster(width: 20, height: 20), boxes: boxes)
        var rule = BoxParameters()
        for clips in [false, true] {
            rule.clips = clips
            let result = Pipeline([Self.flip, Self.step(AffineTests.wild())], boxes: rule)(sample, key: Self.key)
            #expect(result.boxes.allSatisfy { $0.box.isValid })
            #expect(Set(result.boxes.map(\.index)).union(result.dropped.map(\.index)).count == boxes.count)
        }
    }

    @Test func `skeletons keep their points unless told otherwise`() throws {
        let away = "Affine: {translate_px: {x: 30}, p: 1}"
        let kept = try Pipeline("{transforms: [\(away)], keypoint_params: {format: xy}}", name: "")
        let points = kept(Self.sample, key: Self.key).keypoints[0].points
        #expect(points.map(\.visibility) == [.visible, .absent, .absent])
        let removing = try Pipeline(
            "{transforms: [\(away)], keypoint_params: {format: xy, remove_invisible: true}}", name: "")
        #expect(removing(Self.sample, key: Self.key).keypoints[0].points == [points[0]])
    }

    @Test(arguments: BoxFormat.allCases)
    func `a box survives its format`(format: BoxFormat) throws {
        let (size, box) = (ImageSize(width: 200, height: 50), BoundingBox(minX: 20, minY: 5, maxX: 60, maxY: 45))
        let numbers = format.numbers(box, in: size)
        #expect(try #require(format.box(numbers, in: size)).isClose(to: box, within: 1e-4))
        let expected: [BoxFormat: [Double]] = [
            .coco: [20, 5, 40, 40], .pascalVOC: [20, 5, 60, 45], .albumentations: [0.1, 0.1, 0.3, 0.9],
            .yolo: [0.2, 0.5, 0.2, 0.8],
        ]
        #expect(zip(numbers, expected[format] ?? []).allSatisfy { abs($0 - $1) < 1e-9 })
        #expect(format.box([1, 2, 3], in: size) == nil)
    }
}
