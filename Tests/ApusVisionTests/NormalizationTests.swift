import CApusKernels
import Testing
@testable import ApusVision

@Suite struct NormalizationTests {
    @Test(arguments: [1, 15, 16, 17, 64, 100])
    func `the fast kernel equals the readable one`(count: Int) {
        let pixels = Image.noise(width: count, height: 1).pixels
        var fast = [Float](repeating: 0, count: 3 * count)
        var readable = fast
        let (order, scale, offset): ([Int32], [Float], [Float]) = ([2, 0, 1], [0.1, 0.2, 1 / 255], [1, -2, 0])
        apus_normalize_planes(pixels, count, order, scale, offset, &fast)
        apus_normalize_planes_generic(pixels, count, order, scale, offset, &readable)
        #expect(zip(fast, readable).allSatisfy { abs($0 - $1) <= 1e-5 })
    }

    @Test func `planes follow the channel order, mean and deviation`() {
        let image = Image(width: 2, height: 1, channels: 3, pixels: [255, 0, 51, 0, 255, 102])
        var specification = InputSpecification(letterbox: .init(width: 2, height: 1), channelOrder: .bgr)
        specification.mean = [0.2, 0, 0]
        specification.std = [0.5, 1, 1]
        var planes = [Float](repeating: 0, count: 6)
        image.normalizedCHW(into: &planes, specification)
        for (value, expected) in zip(planes, [0, 0.4, 0, 1, 1, 0] as [Float]) { #expect(abs(value - expected) < 1e-6) }
    }

    @Test func `a grey image gives three equal planes`() {
        let image = Image(width: 2, height: 1, channels: 1, pixels: [0, 255])
        var planes = [Float](repeating: 0, count: 6)
        image.normalizedCHW(into: &planes, InputSpecification(letterbox: .init(width: 2, height: 1)))
        #expect(planes.map { ($0 * 1000).rounded() } == [0, 1000, 0, 1000, 0, 1000])
    }
}
