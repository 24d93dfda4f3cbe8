/// How a loader cuts, orders and runs, whatever it makes.
public struct LoaderSettings: Hashable, Sendable {
    /// The side of the square images, or their longer side, in pixels.
    public var imageSize: Int
    /// Images a batch; in training, of all processes together.
    public var batchSize: Int
    public var seed: UInt64 = 0
    /// How many threads make images; 2 keep up with a training step on 2 cores.
    public var threads = 2
    /// How many batches are made ahead.
    public var prefetch = 3
    /// How much memory decoded and resized images may take between epochs.
    public var cacheBytes = 1 << 30
    /// The part of each batch that this process makes.
    public var shard = Shard.whole
    public var sampling = Sampling.uniform
    /// repeat_factor: classes that a smaller part of the images shows are repeated.
    public var repeatThreshold = 0.001
    /// Whether images of alike shapes share batches no larger than they need; not with mosaics or `multiScale`.
    public var rectangular = false
    /// The part of `imageSize` by which a batch's side is drawn larger or smaller, in steps of 32 pixels.
    public var multiScale = 0.0

    public init(imageSize: Int, batchSize: Int) {
        (self.imageSize, self.batchSize) = (imageSize, batchSize)
    }

    /// - Throws: `LoaderError.badSetting`.
    func check() throws(LoaderError) {
        try require("image_size", (1...16_384).contains(imageSize), "1 to 16384", imageSize)
        try require("batch_size", batchSize > 0, "at least 1", batchSize)
        try require("multi_scale", (0..<1).contains(multiScale), "0 up to, not including, 1", multiScale)
        try require("repeat_threshold", repeatThreshold > 0, "a number above 0", repeatThreshold)
        let needsSteps = rectangular || multiScale > 0
        try require(
            "image_size", !needsSteps || imageSize % BatchShape.step == 0,
            "a multiple of \(BatchShape.step) with rect or multi_scale", imageSize)
        try require("rect", !(rectangular && multiScale > 0), "no multi_scale beside rect", "both")
        let side = shape.largestSide(imageSize)
        let (bytes, overflow) = (batchSize + 2).multipliedReportingOverflow(by: side * side * 3)
        try require("batch_size", !overflow && bytes <= 1 << 38, "batches that fit into memory", batchSize)
    }

    func require(
        _ key: String, _ holds: Bool, _ expected: String, _ found: some CustomStringConvertible
    ) throws(LoaderError) {
        guard holds else { throw .badSetting(key: key, found: "\(found)", expected: expected) }
    }

    var shape: BatchShape { rectangular ? .rectangular : multiScale > 0 ? .multiScale(multiScale) : .square }
}
