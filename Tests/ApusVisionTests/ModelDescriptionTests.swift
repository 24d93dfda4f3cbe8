import Testing
@testable import ApusVision

@Suite struct ModelDescriptionTests {
    private let description = ModelDescription(
        task: .detect, labels: ["shirt", "“boot”", "sac à main"],
        input: InputSpecification(
            letterbox: .init(width: 320, height: 256, padding: 0, allowsUpscaling: false), channelOrder: .bgr,
            scale: 0.1, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225]),
        detection: .init(strides: [8, 16]), name: "garments", version: "3", training: ["run": "abc", "mAP50": "0.8"])

    @Test func `metadata gives back the description`() throws {
        #expect(try ModelDescription(metadata: description.metadata) == description)
    }

    @Test func `the points of a pose travel along, and must`() throws {
        var pose = description
        pose.task = .pose
        #expect(throws: ModelDescriptionError.missing(key: "apus.keypoints")) {
            try ModelDescription(metadata: pose.metadata)
        }
        for layout in [KeypointLayout.coco, KeypointLayout(count: 3, names: ["snout"])] {
            pose.keypoints = layout
            #expect(try ModelDescription(metadata: pose.metadata) == pose)
        }
        #expect(KeypointLayout(count: 3, names: ["snout"]).names == ["snout", "point 1", "point 2"])
        #expect(pose.metadata["apus.keypoints"]?.hasPrefix(#"{"count":3,"#) == true)
    }

    @Test(arguments: [
        #"{"count":0}"#, #"{"count":5000}"#, #"{"count":1,"names":["a","b"]}"#, #"{"count":2,"skeleton":[[0,2]]}"#,
        #"{"count":2,"skeleton":[[0]]}"#, #"{"count":2,"mirrored":[0,0]}"#, #"{"count":2,"sigmas":[0.1]}"#,
        #"{"count":2,"sigmas":[0.1,-1]}"#, "[]",
    ])
    func `points that are none of one object are refused`(text: String) {
        var metadata = description.metadata
        metadata["apus.keypoints"] = text
        let error = #expect(throws: ModelDescriptionError.self) { try ModelDescription(metadata: metadata) }
        #expect(error?.description.contains("apus.keypoints") == true)
    }

    @Test func `metadata is the same every time`() {
        #expect(description.metadata == description.metadata)
        #expect(description.metadata["apus.task"] == "detect")
        #expect(description.metadata["apus.output"] == #"{"layout":"v8","strides":[8,16]}"#)
    }

    @Test func `anchors are the cells of every level`() {
        #expect(description.anchorCount == 40 * 32 + 20 * 16)
    }

    @Test(arguments: ["apus.task", "apus.labels", "apus.input"])
    func `a missing entry is named`(key: String) {
        var metadata = description.metadata
        metadata[key] = nil
        #expect(throws: ModelDescriptionError.missing(key: key)) { try ModelDescription(metadata: metadata) }
    }

    @Test func `name, version, output and training may be missing`() throws {
        let metadata = description.metadata.filter { ["apus.task", "apus.labels", "apus.input"].contains($0.key) }
        let read = try ModelDescription(metadata: metadata)
        #expect(read.name == "" && read.training == [:] && read.detection.strides == [8, 16, 32])
    }

    @Test(arguments: [
        ("apus.task", "fly"), ("apus.labels", "[]"), ("apus.labels", "[1]"), ("apus.labels", "["),
        ("apus.input", "{}"), ("apus.output", #"{"layout":"v9","strides":[8]}"#),
        ("apus.output", #"{"layout":"v8","strides":[0]}"#), ("apus.training", "3"),
    ])
    func `a malformed entry is named`(key: String, text: String) {
        var metadata = description.metadata
        metadata[key] = text
        let error = #expect(throws: ModelDescriptionError.self) { try ModelDescription(metadata: metadata) }
        #expect(error?.description.contains(key) == true)
    }

    @Test(
        arguments: [
            { $0.letterbox.width = 0 }, { $0.letterbox.height = 100_000 }, { $0.std = [1, 0, 1] }, { $0.mean = [0] },
            { $0.scale = 0 },
        ] as [@Sendable (inout InputSpecification) -> Void])
    func `an impossible input is refused`(change: @Sendable (inout InputSpecification) -> Void) {
        var changed = description
        change(&changed.input)
        #expect(throws: ModelDescriptionError.self) { try ModelDescription(metadata: changed.metadata) }
    }
}
