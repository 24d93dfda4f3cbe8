import ApusVision
import CApusKernels

/// How holes are filled from the picture around them, from their edges inwards.
///
/// The weights are the papers', the order of pixels is the fast marching method's in both. OpenCV's functions of these
/// names give other pixels: the mean over a photograph's hole differs by one to two grey levels.
public enum Inpainting: String, CaseIterable, Sendable {
    /// Telea, *An Image Inpainting Technique Based on the Fast Marching Method*, 2004.
    case telea = "inpaint_telea"
    /// Along lines of equal brightness: Bertalmio, Bertozzi & Sapiro, *Navier–Stokes, Fluid Dynamics, and Image and Video
    /// Inpainting*, 2001.
    case isophotes = "inpaint_ns"

    fileprivate var kernel: apus_inpainting { self == .telea ? APUS_INPAINT_TELEA : APUS_INPAINT_ISOPHOTES }
}

extension Raster {
    /// Fills the pixels whose byte is not 0 from those up to `radius` pixels away; floats go through bytes.
    mutating func inpaint(_ hole: [UInt8], _ method: Inpainting, radius: Int = 3) {
        guard hole.count == pixelCount, hole.contains(where: { $0 != 0 }) else { return }
        let (width, height, channels) = (Int32(width), Int32(height), Int32(channels))
        asBytes { bytes in
            bytes.modify(
                uint8: { pixels in
                    check(
                        apus_inpaint_bytes(
                            pixels.baseAddress, width, height, channels, hole, Int32(radius.clamped(to: 1...64)),
                            method.kernel))
                }, float32: { _ in })
        }
    }
}
