import Testing

@testable import ApusVision

@Suite struct ResamplingTests {
    @Test(
        arguments: [Interpolation.nearest, .antialiased, .antialiasedBicubic], ["31x24", "13x90", "64x64", "100x17"])
    func `resizes as Pillow does, and OpenCV without interpolation`(
        interpolation: Interpolation, size: String
    ) throws {
        let expected = try Oracle.image("resampling/\(interpolation.rawValue)-\(size).png")
        let resized = try Oracle.image("resize/input.png").resized(
            width: expected.width, height: expected.height, interpolation: interpolation)
        #expect(resized.distance(to: expected) == 0)
    }

    @Test(arguments: Interpolation.allCases)
    func `an image of one colour stays so, and its own size changes nothing`(interpolation: Interpolation) {
        let flat = Image(width: 7, height: 5, color: [1, 128, 255])
        #expect(
            flat.resized(width: 13, height: 2, interpolation: interpolation)
                == Image(width: 13, height: 2, color: [1, 128, 255]))
        let noise = Image.noise(width: 9, height: 4)
        #expect(noise.resized(width: 9, height: 4, interpolation: interpolation) == noise)
        #expect(noise.resized(width: 1, height: 1, interpolation: interpolation).pixels.count == 3)
    }
}
