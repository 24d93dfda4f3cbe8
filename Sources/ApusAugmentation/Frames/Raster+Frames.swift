import ApusVision
import CApusKernels

extension Raster {
    /// A rectangle of the raster, made up by the border where it reaches beyond. Nothing is resized.
    func framed(_ frame: CropFrame, _ border: BorderMode, _ fill: Fill) -> Raster {
        let pixel = pixel(fill)
        let (source, target, bytes) = (size, frame.size, Int32(pixelBytes))
        let rule = apus_border(UInt32(border.rawValue))
        return mappedBytes(to: target) { from, to in
            apus_frame_pixels(
                from.baseAddress, Int32(source.width), Int32(source.height), bytes, Int32(frame.x), Int32(frame.y), rule,
                pixel, to.baseAddress, Int32(target.width), Int32(target.height))
        }
    }

    /// The bytes of one pixel of this colour; cut to 0…255 and rounded where the raster holds bytes.
    func pixel(_ fill: Fill) -> [UInt8] {
        guard isFloat else {
            return (0..<channels).map { UInt8(fill[$0].rounded(.toNearestOrEven).clamped(to: 0...255)) }
        }
        return (0..<channels).flatMap { channel in
            withUnsafeBytes(of: Float(fill[channel])) { Array($0) }
        }
    }
}
