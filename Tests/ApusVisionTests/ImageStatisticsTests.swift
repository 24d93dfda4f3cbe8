import Foundation
import Testing
@testable import ApusVision

@Suite struct ImageStatisticsTests {
    /// A grey image of `Oracles/sharpness_cases.py`, and what NumPy and OpenCV say of it.
    struct Example: Decodable {
        var width, height: Int
        var pixels: [UInt8]
        var brightness, sharpness: Double
    }

    @Test func `brightness and sharpness equal NumPy and OpenCV`() throws {
        let folder = String(#filePath.prefix(upTo: #filePath.lastIndex(of: "/") ?? #filePath.endIndex)) + "/Oracles/"
        let data = try Data(contentsOf: URL(filePath: folder + "sharpness.json"))
        for example in try JSONDecoder().decode([Example].self, from: data) {
            let grey = Image(width: example.width, height: example.height, channels: 1, pixels: example.pixels)
            for image in [grey, grey.convertedToRGB()] {
                let (brightness, sharpness) = image.brightnessAndSharpness()
                #expect(abs(brightness - example.brightness) < 1e-4)
                #expect(abs(sharpness - example.sharpness) < 1e-4 * max(example.sharpness, 1))
            }
        }
    }

    @Test func `an image without pixels has neither`() {
        let statistics = Image(width: 0, height: 0, channels: 3, pixels: []).brightnessAndSharpness()
        #expect(statistics == (0, 0))
    }
}
