import ApusAugmentation
import ApusConfiguration
import Foundation
import Testing

@Suite struct AugmentationConfigurationTests {
    @Test func `has the recipe's names and defaults`() throws {
        let json = try JSONEncoder().encode(AugmentationConfiguration())
        let keys = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
        let numbers: [String: Double] = [
            "mosaic": 1, "degrees": 0, "translate": 0.1, "scale": 0.5, "shear": 0, "perspective": 0, "hsv_h": 0.015,
            "hsv_s": 0.7, "hsv_v": 0.4, "flipud": 0, "fliplr": 0.5, "mixup": 0,
        ]
        #expect(keys.compactMapValues { $0 as? Double } == numbers)
        #expect(Set(keys.keys) == Set(numbers.keys).union(["hsv_mode"]))
    }

    @Test func `reads back what it wrote, and a key left out has its default`() throws {
        let configuration = AugmentationConfiguration(mosaic: 0.3, degrees: 4, hueMode: .multiplicative, mixup: 0.1)
        let json = try JSONEncoder().encode(configuration)
        #expect(try decode(String(decoding: json, as: UTF8.self)) == configuration)
        #expect(try decode("{\"fliplr\": 0}") == AugmentationConfiguration(flipHorizontal: 0))
    }

    @Test(arguments: ["{\"mosaic\": 1.5}", "{\"scale\": 1}", "{\"hsv_s\": -0.1}", "{\"hsv_mode\": \"wild\"}"])
    func `refuses numbers out of range`(json: String) {
        #expect(throws: DecodingError.self) { try decode(json) }
    }

    private func decode(_ json: String) throws -> AugmentationConfiguration {
        try JSONDecoder().decode(AugmentationConfiguration.self, from: Data(json.utf8))
    }
}

@Suite struct AugmentationPipelineTests {
    static func decode(_ text: String, folder: String = ".") throws -> AugmentationConfiguration {
        try Configuration.decode(AugmentationConfiguration.self, text: text, name: "a.yaml", folder: folder)
    }

    @Test func `pipelines stand beside the recipe's numbers, and survive being written`() throws {
        let configuration = try Self.decode(
            """
            mosaic: 0.5
            picture_transforms: [VerticalFlip]
            transforms:
              bbox_params: {min_visibility: 0.1}
              transforms:
              - OneOf: [HorizontalFlip, Solarize: {p: 0.2}]
            """)
        #expect(configuration.mosaic == 0.5 && configuration.transforms?.boxes?.minimumVisibility == 0.1)
        #expect(configuration.pictureTransforms?.transformNames == ["VerticalFlip"])
        #expect(try Self.decode(Configuration.encode(configuration)) == configuration)
    }

    @Test func `a pipeline may be a file of albumentations'`() throws {
        let configuration = try Self.decode("transforms: pipelines/detection.yaml", folder: Goldens.folder)
        #expect(configuration.transforms == (try PipelineFileTests.saved("detection.json")))
    }

    @Test(arguments: [
        ("transforms:\n- HorizontalFlop", "a.yaml:2:3: no transform 'HorizontalFlop'; did you mean 'HorizontalFlip'?"),
        ("transforms:\n- OneOf: [HorizontalFlip: {q: 1}]", "a.yaml:2:28: transforms[0].transforms[0]: unknown key 'q'"),
        ("transform: []", "unknown key 'transform'; did you mean 'transforms'?"),
        ("transforms: nowhere.json", "nowhere.json"),
    ])
    func `a mistake in a pipeline is named with its place`(text: String, message: String) {
        #expect { try Self.decode(text) } throws: {
            let isNamed = "\($0)".contains(message)
            if !isNamed { Issue.record("\($0) does not say \(message)") }
            return isNamed
        }
    }
}
