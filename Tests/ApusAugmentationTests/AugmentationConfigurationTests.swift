import ApusAugmentation
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
