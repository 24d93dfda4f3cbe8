import ApusAugmentation
import ApusCore
import ApusVision
import Testing

@Suite struct HSVTests {
    @Test(arguments: HSV.HueMode.allCases)
    func `a draw of zero has tables that change nothing`(mode: HSV.HueMode) {
        let draw = HSV.Draw(hue: 0, saturation: 0, value: 0, mode: mode)
        #expect(draw.hue[..<180] == ArraySlice((0..<180).map(UInt8.init)))
        #expect(draw.saturation == (0..<256).map { UInt8($0) } && draw.value == draw.saturation)
    }

    static let cases: [(Double, Double, Double, HSV.HueMode)] = [
        (0.01, 0.5, -0.3, .additive), (-0.015, -0.7, 0.4, .additive), (0.3, 0.2, 0.1, .additive),
        (0.2, -0.4, 0.3, .multiplicative),
    ]

    @Test(arguments: 0..<4)
    func `equals the tables applied by cv2`(index: Int) throws {
        let (hue, saturation, value, mode) = Self.cases[index]
        let draw = HSV.Draw(hue: hue, saturation: saturation, value: value, mode: mode)
        let result = try Goldens.image("picture").written { HSV().apply(draw, to: $0) }
        #expect(differences(result, try Goldens.image("hsv_\(index)")).largest <= 1)
    }

    @Test func `any hue stays a hue`() {
        for hue in [-1.0, -0.5, 0.999, 1] {
            for mode in HSV.HueMode.allCases {
                let draw = HSV.Draw(hue: hue, saturation: -1, value: 1, mode: mode)
                #expect(draw.hue.allSatisfy { $0 < 180 })
            }
        }
    }

    @Test func `grey stays grey`() throws {
        var stream = RandomStream(seed: 4)
        let grey = Image(width: 8, height: 8, color: [90, 90, 90])
        let hsv = HSV(hue: 0.5)
        let draw = try #require(hsv.draw(using: &stream))
        let result = grey.written { hsv.apply(draw, to: $0) }
        #expect((0..<64).allSatisfy { result.pixels[$0 * 3] == result.pixels[$0 * 3 + 2] })
    }
}
