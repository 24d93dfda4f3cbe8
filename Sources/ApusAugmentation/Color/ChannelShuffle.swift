import ApusCore
import CApusKernels

/// Permutes the channels.
public struct ChannelShuffle: PixelTransform {
    public init() {}

    /// The channel that each becomes.
    public func draw(for sample: Sample, using stream: inout RandomStream) -> [Int]? {
        sample.image.channels == 1 ? nil : stream.permutation(of: sample.image.channels)
    }

    public func apply(_ draw: [Int], to image: inout Raster) {
        let channels = image.channels
        guard draw.count == channels, draw.allSatisfy((0..<channels).contains) else { return }
        let order = draw.map { Int32($0) }
        image.modifyPixels {
            apus_order_channels($0.elements, $0.size, Int($0.width) * Int($0.height), $0.channels, order)
        }
    }
}
