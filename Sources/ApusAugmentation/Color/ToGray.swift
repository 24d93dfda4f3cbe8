import ApusVision
import CApusOpenCV

/// Replaces colours by their luma (BT.601), in as many channels.
public struct ToGray: Transform {
    public var probability: Double

    public init(probability: Double = 0.01) { self.probability = probability }

    public func draw(for size: ImageSize, using generator: inout some RandomNumberGenerator) -> Void? {
        generator.happens(probability) ? () : nil
    }

    public func apply(_ draw: Void, to image: Image) -> Image {
        guard image.channels == 3 else { return image }
        return OpenCV.map(image, channels: 1) { apus_cv_grey($0, $1) }.rgb
    }
}
