import ApusCore
import ApusVision

/// Images ready for a model, and what is in them.
public struct Batch: Sendable {
    /// `[count, height, width, 3]` RGB bytes. Read only: the memory is used again once nobody holds it.
    public let pixels: Storage
    public let count: Int
    /// Of every image, in pixels.
    public let width, height: Int
    /// The dataset's index of each image.
    public let indices: [Int]
    /// In the order of the images.
    public let targets: [DetectionTarget]
    /// `targets.count × K` rows of x and y in fractions of the image's sides and COCO's visibility (0, 1, 2): the
    /// points of each target in turn. Empty unless poses are learnt.
    public let keypoints: [SIMD3<Float>]
    /// Empty unless instance masks are learnt.
    public let masks: InstanceMasks
    /// The classes of whole images in the order of the images; empty unless images are classified.
    public let labels: [ClassificationTarget]
    /// How each image lies in its place; empty in training.
    public let letterboxes: [Letterbox]
    /// What each image is a crop of; empty unless objects are cropped.
    public let crops: [ObjectCrop]
    /// How many images the batches of all processes have together in this step; `count` where there is one process.
    public let globalCount: Int
    /// The place of the first image among those; 0 where there is one process.
    public let globalFirst: Int
    /// How long the consumer waited for this batch.
    public let waitSeconds: Double

    public init(
        pixels: Storage, count: Int, width: Int, height: Int, indices: [Int], targets: [DetectionTarget] = [],
        keypoints: [SIMD3<Float>] = [], masks: InstanceMasks = InstanceMasks(), labels: [ClassificationTarget] = [],
        letterboxes: [Letterbox] = [], crops: [ObjectCrop] = [], globalCount: Int? = nil,
        globalFirst: Int = 0, waitSeconds: Double = 0
    ) {
        precondition(pixels.byteCount >= count * width * height * 3, "too few pixels for the batch")
        (self.pixels, self.count, self.width, self.height) = (pixels, count, width, height)
        (self.indices, self.targets, self.keypoints, self.masks) = (indices, targets, keypoints, masks)
        (self.labels, self.letterboxes, self.crops) = (labels, letterboxes, crops)
        (self.globalCount, self.globalFirst) = (globalCount ?? count, globalFirst)
        self.waitSeconds = waitSeconds
    }

    /// The longer side of the images; both where they are square.
    public var imageSize: Int { max(width, height) }

    /// The pixels, which stay this batch's for as long as `body` runs.
    public func withUnsafeBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        let result = try body(UnsafeRawBufferPointer(start: pixels.base, count: pixels.byteCount))
        withExtendedLifetime(pixels) {}
        return result
    }
}
