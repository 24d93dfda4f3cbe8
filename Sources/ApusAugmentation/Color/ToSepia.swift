import ApusConfiguration
import ApusCore
import CApusKernels

/// The brown of old photographs. For RGB; others stay.
public struct ToSepia: RGBTransform {
    private static let matrix: [Float] = [0.393, 0.769, 0.189, 0.349, 0.686, 0.168, 0.272, 0.534, 0.131]

    public init() {}

    public func draw(for sample: Sample, using stream: inout RandomStream) -> NoDraw? {
        sample.image.channels == 3 ? NoDraw() : nil
    }

    public func apply(_ draw: NoDraw, to image: inout Raster) {
        guard image.channels == 3 else { return }
        let pixels = image.pixelCount
        image.modify(
            uint8: { apus_mix_positive_bytes($0.baseAddress, pixels, Self.matrix) },
            float32: { apus_mix_floats($0.baseAddress, pixels, 3, Self.matrix, [0, 0, 0]) })
    }
}
