import ApusCore
import ApusVision
import Testing

@testable import ApusAugmentation

@Suite struct InpaintingTests {
    /// Dark on the left, light on the right, with a hole across the edge.
    static func edge(channels: Int) -> (picture: Raster, hole: [UInt8]) {
        let size = ImageSize(width: 40, height: 30)
        let elements = (0..<size.width * size.height * channels).map {
            UInt8($0 / channels % size.width < 20 ? 30 : 220)
        }
        let hole = (0..<size.width * size.height).map { index -> UInt8 in
            (12..<28).contains(index % size.width) && (10..<20).contains(index / size.width) ? 1 : 0
        }
        return (Raster(size: size, channels: channels, uint8: elements), hole)
    }

    @Test(arguments: Inpainting.allCases, [1, 2, 3, 5])
    func `an edge goes on through a hole`(method: Inpainting, channels: Int) {
        let (picture, hole) = Self.edge(channels: channels)
        var result = picture
        for index in hole.indices where hole[index] != 0 {
            result.fill(
                [PixelRectangle(left: index % 40, top: index / 40, width: 1, height: 1)], with: .value(.zero), seed: 1)
        }
        result.inpaint(hole, method)
        for y in 0..<30 {
            for x in 0..<40 where hole[y * 40 + x] == 0 || abs(x - 20) > 4 {
                #expect(
                    abs(result[x, y, channels - 1] - picture[x, y, channels - 1]) <= (hole[y * 40 + x] == 0 ? 0 : 40))
            }
        }
    }

    @Test(arguments: Inpainting.allCases)
    func `one colour stays, and a picture that is all hole`(method: Inpainting) {
        let grey = Raster(
            size: ImageSize(width: 9, height: 7), fill: Fill([90]), like: noiseRaster(width: 1, height: 1))
        var (part, whole) = (grey, grey)
        part.inpaint((0..<63).map { $0 == 20 || $0 > 50 ? 1 : 0 }, method)
        whole.inpaint([UInt8](repeating: 1, count: 63), method)
        #expect(part == grey && whole == grey)
    }

    @Test(arguments: ["inpaint_telea", "inpaint_ns"], [false, true])
    func `dropouts inpaint`(fill: String, isFloat: Bool) throws {
        let pipeline = try Pipeline(
            "- CoarseDropout: {fill: \(fill), p: 1}\n- MaskDropout: {fill: \(fill), p: 1}", name: "t")
        let sample = TransformTests.sample(isFloat: isFloat)
        let result = pipeline(sample, key: SampleKey(seed: 1, epoch: 0, sample: 0))
        #expect(result.image != sample.image && result.image.size == sample.size)
    }
}
