import ApusConfiguration
import ApusCore
import ApusVision
import Testing

@testable import ApusAugmentation

@Suite struct SamplePanelTests {
    @Test func `a draw is a line that people can read`() {
        #expect(DrawText.line(Mosaic.Draw(left: 3, top: 14, order: [0, 2])) == "left 3 order [0 2] top 14")
        #expect(DrawText.line(0.123456) == "0.123" && DrawText.line(NoDraw()) == "")
        #expect(DrawText.line([1e-7, -2.5, 3]) == "[1e-07 -2.5 3]")
        #expect(DrawText.line(Array(1...9)) == "[1 2 3 4 5 6 7 8 9]")
        #expect(DrawText.line(Array(1...30)) == "[1 2 3 4 5 6 7 8 9 ..21 more]")
        #expect("a bc defghijk".wrapped(width: 4) == ["a bc", "defg", "hijk"])
    }

    @Test(arguments: [ImageSize(square: 1), ImageSize(width: 900, height: 20), ImageSize(width: 40, height: 30)])
    func `any sample fits on its panel`(size: ImageSize) {
        let panel = SamplePanel(width: 120, classNames: ["a", "b"], skeleton: [SIMD2(0, 1), SIMD2(1, 9)])
        for channels in [1, 2, 3, 5] {
            let sample = TransformTests.sample(
                width: size.width, height: size.height, channels: channels, isFloat: channels == 2)
            let image = panel.image(
                of: sample, title: "one", notes: ["Affine: " + String(repeating: "long ", count: 200)])
            #expect(image.width == 120 && image.height > 120 && image.height < 600)
        }
    }

    @Test func `the sample shows on it`() {
        let red = redRectangle(ImageSize(width: 60, height: 60), x: 0..<60, y: 0..<60).sample
        let plain = Sample(image: red.image)
        let image = SamplePanel(width: 120).image(of: plain, title: "", notes: [])
        #expect(image.pixels[(60 * 120 + 60) * 3..<(60 * 120 + 60) * 3 + 3] == [255, 0, 0])
    }
}
