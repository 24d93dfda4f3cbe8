import ApusConfiguration
import ApusCore
import Testing

@testable import ApusAugmentation

/// Pipelines as files: Apus's own, and what Oracles/make_pipelines.py had albumentations save.
@Suite struct PipelineFileTests {
    static func saved(_ name: String) throws -> Pipeline {
        try Pipeline(contentsOf: Goldens.folder + "pipelines/" + name)
    }

    @Test(arguments: ["detection", "single", "replay", "every"])
    func `JSON and YAML of albumentations say the same, and survive being written`(name: String) throws {
        let pipeline = try Self.saved("\(name).json")
        #expect(try Self.saved("\(name).yaml") == pipeline)
        #expect(try Pipeline(pipeline.albumentationsJSON(), name: "json") == pipeline)
        #expect(try Pipeline(pipeline.yaml(.albumentations), name: "yaml") == pipeline)
        #expect(try Pipeline(pipeline.yaml(), name: "short") == pipeline)
    }

    @Test func `albumentations' pipeline is read with every parameter`() throws {
        let pipeline = try Self.saved("detection.json")
        #expect(pipeline.group.probability == 0.95 && pipeline.group.nodes.count == 7)
        var boxes = BoxParameters()
        (boxes.format, boxes.labelFields, boxes.clips) = (.yolo, ["classes"], true)
        (boxes.minimumArea, boxes.minimumVisibility, boxes.maximumAspect) = (16, 0.1, 20)
        #expect(pipeline.boxes == boxes)
        #expect(pipeline.keypoints?.format == .xyas && pipeline.keypoints?.removesInvisible == false)
        let kinds = pipeline.group.nodes.map {
            if case .group(let group) = $0 { group.kind } else { PipelineGroup.Kind.compose }
        }
        let expected: [PipelineGroup.Kind] = [
            .compose, .oneOf, .someOf(count: 2, repeats: true), .sequential, .oneOrOther,
            // albumentations does not write the channels.
            .randomOrder(count: 2, repeats: false), .selectiveChannels([0, 1, 2]),
        ]
        #expect(kinds == expected)
        #expect(pipeline.group.nodes.map(\.probability) == [0.5, 0.9, 0.8, 0.25, 0.4, 1, 0.5])
        guard case .group(let sequence) = pipeline.group.nodes[3], case .step(let step) = sequence.nodes[0],
            let affine = step.transform as? Affine
        else { Issue.record("no Affine"); return }
        #expect(affine.scale == AxisRanges(0.8...1.2) && affine.translateFraction == AxisRanges(0.1))
        #expect(affine.translatePixels == nil)
    }

    @Test func `every transform that albumentations saves is read`() throws {
        let names = try Self.saved("every.json").transformNames
        let own: Set = ["CopyPaste", "CutMix", "MixUp", "RandAugment", "TrivialAugment"]
        #expect(Set(TransformRegistry.byName.keys).subtracting(names) == own)
    }

    @Test func `albumentations is told nothing that it does not take`() throws {
        let replay = try Self.saved("replay.json").albumentationsJSON()
        #expect(replay.contains("ReplayCompose") && !replay.contains("mask_interpolation") && !replay.contains("seed"))
        let seeded = try Pipeline("{transforms: [], seed: 3, mask_interpolation: 1}", name: "seeded")
        #expect(try Pipeline(seeded.albumentationsJSON(), name: "again") == seeded)
        #expect(seeded.seed == 3 && seeded.maskResampling == .linear)
    }

    @Test func `a file's own form is short`() throws {
        let pipeline = try Pipeline(
            """
            - HorizontalFlip
            - Affine: {rotate: [-5, 5], p: 1}
            - OneOf: [VerticalFlip, Solarize: {p: 0.25}]
            - SomeOf:
                n: 2
                transforms: [VerticalFlip, HorizontalFlip]
            """, name: "short")
        #expect(pipeline.group.nodes.map(\.probability) == [0.5, 1, 0.5, 1])
        let whole = try Pipeline(
            "{transforms: [HorizontalFlip], p: 0.5, bbox_params: {min_visibility: 0.2}}", name: "whole")
        #expect(whole.group.probability == 0.5 && whole.boxes?.minimumVisibility == 0.2)
    }

    @Test(arguments: [
        ("- Horizontalflip", "t:1:3: no transform 'Horizontalflip'; did you mean 'HorizontalFlip'?"),
        ("- OnOf: [HorizontalFlip]", "no transform 'OnOf'; did you mean 'OneOf'?"),
        (
            "- Solarize: {treshold_range: [0, 1]}",
            "t:1:14: [0]: unknown key 'treshold_range'; did you mean 'threshold_range'?"
        ),
        ("- OneOf:\n  - Solarize: {p: 2}", "t:2:19: [0].transforms[0].p: expected 0.0 to 1.0, found 2.0"),
        ("- SomeOf: {n: -1, transforms: []}", "[0].n: expected 0 to 1000, found -1"),
        ("transforms: []\nbbox_params: {min_area: x}", "bbox_params.min_area: expected a number, found 'x'"),
        ("transforms: []\nbbox_param: {}", "unknown key 'bbox_param'; did you mean 'bbox_params'?"),
        ("transforms: []\nadditional_targets: {image2: image}", "no additional targets are known"),
        ("{a: 1, b: 2}", "unknown key 'a'"), ("- {a: 1, b: 2}", "expected a transform's name"),
        ("- 5", "no transform '5'"),
        ("- [HorizontalFlip]", "expected a transform's name"), ("- Affine: [1]", "unknown key 'transforms'"),
        ("- SelectiveChannelTransform: {channels: [1, 1]}", "a channel stands twice"),
        ("- Compose: {bbox_params: {format: coco}}", "only the outermost"),
        ("{transform: {__class_fullname__: Lambda}}", "no transform 'Lambda'"),
        ("{transform: {__class_fullname__: HorizontalFlip}, other: 1}", "unknown key 'other'"),
        ("- Affine: {scale: [1, 2, 3]}", "expected a list of 2 numbers"),
        ("- Affine: {scale: .nan}", "expected a number"),
        ("- Affine: {scale: {z: 1}}", "known keys: x, y"),
        ("- Affine: {interpolation: 9}", "expected one of nearest, linear"),
        ("- Affine: {scale: [2, 1]}", "expected [low, high]"),
    ])
    func `what makes no sense is refused where it stands`(text: String, message: String) {
        #expect { try Pipeline(text, name: "t") } throws: {
            let isNamed = "\($0)".contains(message)
            if !isNamed { Issue.record("\($0) does not say \(message)") }
            return isNamed
        }
    }

    @Test func `a document of any shape is a pipeline or an error`() throws {
        let text = try String(decoding: FileSystem.read(Goldens.folder + "pipelines/detection.yaml"), as: UTF8.self)
        let bytes = Array(text.utf8)
        var stream = RandomStream(seed: 1)
        for _ in 0..<400 {
            var damaged = bytes
            for _ in 0..<3 { damaged[stream.index(below: damaged.count)] = UInt8.random(in: 32...126, using: &stream) }
            _ = try? Pipeline(
                String(decoding: damaged.prefix(stream.index(below: damaged.count)), as: UTF8.self), name: "x")
            _ = try? Pipeline(String(decoding: damaged, as: UTF8.self), name: "x")
        }
    }
}
