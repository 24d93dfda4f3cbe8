import ApusCore
import ApusVision

/// An object in a batch: the image it is in, its class, and its box in fractions of the image's side.
public struct Target: Hashable, Sendable {
    /// The image's place in the batch.
    public var image: Int
    public var label: Int
    /// In `0...1`.
    public var centerX, centerY, width, height: Float

    public init(image: Int, label: Int, centerX: Float, centerY: Float, width: Float, height: Float) {
        (self.image, self.label) = (image, label)
        (self.centerX, self.centerY, self.width, self.height) = (centerX, centerY, width, height)
    }

    init(_ labeled: LabeledBox, image: Int, imageSize: Int) {
        let side = Float(imageSize)
        self.init(
            image: image, label: labeled.label, centerX: labeled.box.centerX / side,
            centerY: labeled.box.centerY / side, width: labeled.box.width / side, height: labeled.box.height / side)
    }
}

/// Images ready for a model, and what is in them.
public struct Batch: Sendable {
    /// `[count, imageSize, imageSize, 3]` RGB bytes. Read only: the memory is used again once nobody holds it.
    public let pixels: Storage
    public let count: Int
    public let imageSize: Int
    /// The dataset's index of each image.
    public let indices: [Int]
    /// In the order of the images.
    public let targets: [Target]
    /// How each image lies in its square; empty in training.
    public let letterboxes: [Letterbox]
    /// How long the consumer waited for this batch.
    public let waitSeconds: Double

    /// The pixels, which stay this batch's for as long as `body` runs.
    public func withUnsafeBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        let result = try body(UnsafeRawBufferPointer(start: pixels.base, count: pixels.byteCount))
        withExtendedLifetime(pixels) {}
        return result
    }
}
