/// How a loader cuts and runs, whatever it makes.
struct LoaderOptions: Sendable {
    let imageSize: Int
    let batchSize: Int
    let threads: Int
    let prefetch: Int

    init(imageSize: Int, batchSize: Int, threads: Int, prefetch: Int) {
        precondition(imageSize > 0 && batchSize > 0, "batches of \(batchSize) images of \(imageSize)²")
        (self.imageSize, self.batchSize) = (imageSize, batchSize)
        (self.threads, self.prefetch) = (max(threads, 1), max(prefetch, 1))
    }

    var imageBytes: Int { imageSize * imageSize * 3 }

    /// How many batches `count` images make; the last may be smaller.
    func steps(for count: Int) -> Int { (count + batchSize - 1) / batchSize }

    func batchSizes(for count: Int) -> [Int] {
        (0..<steps(for: count)).map { min(batchSize, count - $0 * batchSize) }
    }
}
