import ApusCore
import ApusVision
import CApusKernels
import Testing

@testable import ApusAugmentation

/// Rectangles brought to a size, and warps: the fast forms against the readable ones.
@Suite struct ResamplingTests {
    /// A frame that lies anywhere about an image.
    static func frame(_ stream: inout RandomStream) -> CropFrame {
        CropFrame(
            x: stream.integer(-20...20), y: stream.integer(-20...20),
            size: ImageSize(width: stream.integer(1...70), height: stream.integer(1...40)),
            output: ImageSize(width: stream.integer(1...90), height: stream.integer(1...40)))
    }

    @Test(arguments: BorderMode.allCases)
    func `cropping and resizing in one go is doing both, byte for byte`(border: BorderMode) {
        var stream = RandomStream(seed: UInt64(border.rawValue))
        for round in 0..<60 {
            let size = ImageSize(width: stream.integer(1...60), height: stream.integer(1...30))
            let raster = noiseRaster(width: size.width, height: size.height, channels: 1 + round % 5)
            let (frame, fill) = (Self.frame(&stream), Fill([9, 200, 30]))
            let part = raster.framed(frame, border, fill)
            #expect(raster.windowed(frame, border, fill) == readable(part, to: frame.output))
        }
    }

    private func readable(_ raster: Raster, to size: ImageSize) -> Raster {
        raster.mapped(
            to: size,
            uint8: { from, to in
                var window = apus_window_of_image(
                    pixels: from.baseAddress, width: Int32(raster.width), height: Int32(raster.height),
                    channels: Int32(raster.channels), left: 0, top: 0, columns: Int32(raster.width),
                    rows: Int32(raster.height), border: APUS_BORDER_CONSTANT, fill: from.baseAddress)
                #expect(
                    apus_resize_window_generic(&window, to.baseAddress, Int32(size.width), Int32(size.height)))
            }, float32: { _, _ in })
    }

    @Test(arguments: BorderMode.allCases)
    func `a warp of colours is the warps of its channels`(border: BorderMode) throws {
        var stream = RandomStream(seed: 7 + UInt64(border.rawValue))
        for round in 0..<40 {
            let size = ImageSize(width: stream.integer(1...60), height: stream.integer(1...30))
            let target = ImageSize(width: stream.integer(1...90), height: stream.integer(1...30))
            let raster = noiseRaster(width: size.width, height: size.height, channels: 3)
            let tilt = round % 3 == 0 ? 0.01 : 0
            let map = ProjectiveMap(
                [
                    stream.uniform(0.3, 1.6), stream.uniform(-1, 1), stream.uniform(-20, 20), stream.uniform(-1, 1),
                    stream.uniform(0.3, 1.6), stream.uniform(-20, 20), tilt * stream.uniform(-1, 1), 0, 1,
                ])
            let fill = Fill([9, 100, 200])
            let whole = raster.warped(by: map, to: target, .linear, border, fill)
            for channel in 0..<3 {
                let plane = raster.channels([channel])
                    .warped(by: map, to: target, .linear, border, Fill([fill[channel]]))
                #expect(whole.channels([channel]) == plane)
            }
        }
    }

    @Test func `a pixel's sepia does not depend on its place`() {
        let row = noiseRaster(width: 97, height: 1, channels: 3)
        var whole = row
        ToSepia().apply(NoDraw(), to: &whole)
        for x in 0..<row.width {
            var pixel = row.framed(CropFrame(x: x..<x + 1, y: 0..<1), .constant, .zero)
            ToSepia().apply(NoDraw(), to: &pixel)
            for channel in 0..<3 { #expect(pixel[0, 0, channel] == whole[x, 0, channel]) }
        }
    }
}
