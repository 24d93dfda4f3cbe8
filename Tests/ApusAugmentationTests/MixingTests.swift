import ApusConfiguration
import ApusCore
import ApusVision
import Testing

@testable import ApusAugmentation

@Suite struct MixingTests {
    /// Two boxes, a polygon, a mask, points and a class.
    static func sample(_ seed: UInt64, width: Int = 40, height: Int = 30) -> Sample {
        var sample = TransformTests.sample(width: width, height: height)
        sample.image = noiseRaster(width: width, height: height, seed: seed)
        sample.labels = [ImageLabel(Int(seed))]
        return sample
    }

    static func source(_ samples: [Sample]) -> SampleSource<Never> {
        SampleSource(count: samples.count) { samples[$0] }
    }

    static func applied(_ transform: any Transform, to sample: Sample, with partners: [Sample], seed: UInt64 = 1)
        -> Sample
    {
        let step = PipelineNode.step(TransformStep(transform, probability: 1))
        return Pipeline([step])(sample, key: SampleKey(seed: seed, epoch: 0, sample: 0), source: source(partners))
    }

    static let mixers: [any MixingTransform] = [MixUp(), CutMix(), CopyPaste(), Mosaic()]

    @Test(arguments: mixers.indices, 0..<6 as Range<UInt64>)
    func `partners of any size and kind take part, and everything stays inside`(index: Int, seed: UInt64) {
        let partners = [
            Self.sample(2, width: 17, height: 50),
            TransformTests.sample(width: 9, height: 9, channels: 1, isFloat: true),
            Sample(image: noiseRaster(width: 1, height: 1, channels: 5)),
        ]
        for (channels, isFloat) in [(3, false), (1, false), (4, true)] {
            let first = TransformTests.sample(channels: channels, isFloat: isFloat)
            let result = Self.applied(Self.mixers[index], to: first, with: partners, seed: seed)
            #expect(result.image.channels == channels && result.image.isFloat == isFloat)
            let frame = BoundingBox(minX: 0, minY: 0, maxX: Float(result.size.width), maxY: Float(result.size.height))
            #expect(result.boxes.allSatisfy { frame.contains($0.box) && $0.box.area > 0 })
            #expect(Set(result.boxes.map(\.index)).count == result.boxes.count)
            #expect(result.masks.allSatisfy { $0.raster.size == result.size })
        }
    }

    @Test(arguments: mixers.indices)
    func `a replay fetches the same partners`(index: Int) throws {
        let samples = (1...4).map { Self.sample(UInt64($0)) }
        let nodes: [PipelineNode] = [
            .step(TransformStep(AffineTests.wild(), probability: 1)),
            .step(TransformStep(Self.mixers[index], probability: 1)),
        ]
        for number in 0..<4 {
            let key = SampleKey(seed: 4, epoch: 0, sample: number)
            let (result, replay) = Pipeline(nodes).recording(samples[number], key: key, source: Self.source(samples))
            let read = try Configuration.decodeJSON(Replay.self, Configuration.encodeJSON(replay), name: "replay")
            #expect(read(samples[number], source: Self.source(samples)) == result)
            #expect(Pipeline(nodes)(samples[number], key: key, source: Self.source(samples)) == result)
        }
    }

    @Test func `without partners a blend does nothing, and closing epochs mix nothing`() {
        let sample = Self.sample(1)
        for transform in [MixUp(), CutMix(), CopyPaste()] as [any Transform] {
            let pipeline = Pipeline([.step(TransformStep(transform, probability: 1))])
            #expect(pipeline(sample, key: PipelineTests.key) == sample)
            #expect(pipeline.mixes && !pipeline.withoutMixing.mixes && pipeline.withoutMixing.group.nodes.isEmpty)
        }
    }

    @Test func `a blend weighs pictures and classes, and keeps both's boxes`() {
        var (first, second) = (Self.sample(1), Self.sample(2))
        MixUp().apply(0.25, to: &first, with: [second])
        #expect(first.labels == [ImageLabel(1, share: 0.25), ImageLabel(2, share: 0.75)])
        #expect(first.boxes.map(\.label) == [1, 7, 1, 7] && first.boxes.map(\.index) == [0, 1, 2, 3])
        let expected = 0.25 * Self.sample(1).image[3, 4, 1] + 0.75 * second.image[3, 4, 1]
        #expect(abs(first.image[3, 4, 1] - expected) <= 0.5)
        second = Self.sample(1)
        MixUp().apply(.nan, to: &second, with: [second])
        #expect(second == Self.sample(1))
    }

    @Test func `a cut is the partner's inside and the sample's outside, boxes and all`() {
        var first = Sample(
            image: noiseRaster(width: 20, height: 10, seed: 1),
            boxes: [
                LabeledBox(BoundingBox(minX: 2, minY: 2, maxX: 12, maxY: 8), label: 0),
                LabeledBox(BoundingBox(minX: 11, minY: 3, maxX: 15, maxY: 7), label: 1),
            ], polygons: [Polygon(rings: [[Point(2, 2), Point(12, 2), Point(12, 8), Point(2, 8)]], label: 0)],
            keypoints: [Keypoints([Keypoint(x: 11, y: 5), Keypoint(x: 3, y: 3)])], labels: [ImageLabel(5)])
        let second = Sample(
            image: noiseRaster(width: 20, height: 10, seed: 2),
            boxes: [LabeledBox(BoundingBox(minX: 8, minY: 4, maxX: 18, maxY: 9), label: 2)], labels: [ImageLabel(6)])
        let original = first
        CutMix().apply(PixelRectangle(left: 10, top: 0, width: 6, height: 10), to: &first, with: [second])
        for x in 0..<20 {
            #expect(first.image[x, 4, 0] == ((10..<16).contains(x) ? second : original).image[x, 4, 0])
        }
        #expect(
            first.boxes.map(\.labeled) == [
                LabeledBox(BoundingBox(minX: 2, minY: 2, maxX: 10, maxY: 8), label: 0),
                LabeledBox(BoundingBox(minX: 10, minY: 4, maxX: 16, maxY: 9), label: 2),
            ])
        #expect(first.boxes.map(\.visibility) == [0.8, 0.6])
        #expect(first.dropped == [DroppedBox(index: 1, transform: "CutMix", reason: .removed)])
        #expect(first.polygons[0].rings.map(Polygon.area).reduce(0, +) == 48)
        #expect(first.keypoints[0].points.map(\.visibility) == [.absent, .visible])
        #expect(first.labels == [ImageLabel(5, share: 0.7), ImageLabel(6, share: 0.3)])
    }

    @Test func `a pasted object covers what it lies on, along its polygon`() {
        let triangle = [Point(4, 4), Point(14, 4), Point(4, 14)]
        var first = Sample(
            image: noiseRaster(width: 20, height: 20, seed: 1),
            boxes: [
                LabeledBox(BoundingBox(minX: 5, minY: 5, maxX: 8, maxY: 8), label: 0),
                LabeledBox(BoundingBox(minX: 0, minY: 0, maxX: 20, maxY: 20), label: 1),
            ], polygons: [])
        let second = Sample(
            image: noiseRaster(width: 20, height: 20, seed: 2),
            polygons: [Polygon(rings: [triangle], label: 9, index: 3)])
        let original = first
        CopyPaste().apply([3], to: &first, with: [second])
        for y in 0..<20 {
            for x in 0..<20 {
                let isInside = x >= 4 && y >= 4 && (Double(x) + 0.5 + Double(y) + 0.5) < 18
                #expect(first.image[x, y, 0] == (isInside ? second : original).image[x, y, 0])
            }
        }
        #expect(first.boxes.map(\.label) == [1, 9] && first.dropped.map(\.index) == [0])
        #expect(first.boxes[1].box == BoundingBox(minX: 4, minY: 4, maxX: 14, maxY: 14))
        #expect(first.polygons.map(\.label) == [9])
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `in a mosaic each box stays on its pixels`(seed: UInt64) throws {
        var mosaic = Mosaic()
        (mosaic.outputSize, mosaic.cellSize) = (ImageSize(width: 60, height: 50), ImageSize(width: 48, height: 40))
        mosaic.fit = seed % 2 == 0 ? .cover : .contain
        let red = redRectangle(ImageSize(width: 48, height: 36), x: 10..<30, y: 8..<20).sample
        let grey = Sample(image: Raster(Image(width: 30, height: 36, color: [114, 114, 114])))
        let result = Self.applied(mosaic, to: red, with: [grey], seed: seed)
        #expect(result.size == mosaic.outputSize)
        let pixels = redBox(in: try #require(Image(result.image)))
        if let pixels, let box = result.boxes.first?.box { #expect(box.isClose(to: pixels, within: 1.01)) }
        #expect((pixels?.area ?? 0) < 8 || !result.boxes.isEmpty)
        #expect(Self.applied(mosaic, to: red, with: [], seed: seed).boxes.count > 0)
    }

    @Test func `partners go through what came before, with draws of their own`() {
        let samples = [Self.sample(1), Self.sample(2)]
        let pipeline = Pipeline([
            .step(TransformStep(HorizontalFlip(), probability: 1)), .step(TransformStep(MixUp(), probability: 1)),
        ])
        let replay = pipeline.recording(samples[0], key: PipelineTests.key, source: Self.source(samples)).replay
        #expect(replay.applied.map(\.name) == ["HorizontalFlip", "MixUp"])
        #expect(replay.applied[1].partners.map { $0.applied.map(\.name) } == [["HorizontalFlip"]])
    }

    @Test func `too many mixtures in a row are refused`() {
        #expect { try Pipeline("[MixUp, CutMix, Mosaic, CopyPaste]", name: "t") } throws: {
            "\($0)".contains("4 parts in a row mix samples, at most 3")
        }
        #expect { try Pipeline("[Mosaic: {target_size: [2000, 10]}]", name: "t") } throws: {
            "\($0)".contains("target_size: larger than the grid")
        }
    }

    @Test func `shares are distributed as Beta, whatever the parameter`() {
        for concentration in [0.2, 1, 32] {
            var stream = RandomStream(seed: 3)
            let shares = (0..<4000).map { _ in stream.beta(concentration) }
            let mean = shares.reduce(0, +) / 4000
            let variance = shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4000
            #expect(abs(mean - 0.5) < 0.02 && abs(variance - 1 / (4 * (2 * concentration + 1))) < 0.01)
        }
    }
}
