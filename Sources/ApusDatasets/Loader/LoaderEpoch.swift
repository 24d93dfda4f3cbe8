import ApusAugmentation
import ApusCore

/// The batches of one epoch, in order, made ahead by threads of its own.
///
/// For one consumer. Letting go of it stops and joins the threads.
public final class LoaderEpoch {
    private let queue: BatchQueue
    private let threads: [Thread]
    private let imageSize: Int
    private let batchSize: Int
    /// Positions in the loader's indices, in the epoch's order.
    private let order: [Int]
    private let indices: [Int]

    init(order: [Int], indices: [Int], from step: Int, maker: any ImageMaker, options: LoaderOptions, pool: BufferPool)
    {
        (self.order, self.indices) = (order, indices)
        (imageSize, batchSize) = (options.imageSize, options.batchSize)
        let queue = BatchQueue(
            sizes: options.batchSizes(for: order.count), from: step, prefetch: options.prefetch, pool: pool)
        self.queue = queue
        threads = (0..<options.threads).map { _ in
            Thread { Self.work(queue, order: order, maker: maker, options: options) }
        }
    }

    deinit {
        queue.cancel()
        for thread in threads { thread.join() }
    }

    private static func work(_ queue: BatchQueue, order: [Int], maker: any ImageMaker, options: LoaderOptions) {
        let size = ImageSize(square: options.imageSize)
        while let job = queue.claim() {
            let place = job.assembly.lease.storage.base + job.slot * options.imageBytes
            let output = PixelView(place.assumingMemoryBound(to: UInt8.self), size: size)
            let position = order[job.assembly.step * options.batchSize + job.slot]
            queue.complete(job, with: Result { () throws(LoaderError) in try maker.make(position, into: output) })
        }
    }

    /// The next batch, or `nil` after the last.
    ///
    /// An image that cannot be made ends the epoch with its error when its batch is due.
    public func next() throws(LoaderError) -> Batch? {
        let clock = ContinuousClock()
        let start = clock.now
        guard let assembly = queue.next() else { return nil }
        let wait = start.duration(to: clock.now)
        do throws(LoaderError) {
            return try batch(assembly, waitSeconds: wait / .seconds(1))
        } catch {
            queue.cancel()
            throw error
        }
    }

    private func batch(_ assembly: Assembly, waitSeconds: Double) throws(LoaderError) -> Batch {
        var images: [MadeImage] = []
        for result in assembly.images {
            if let result { images.append(try result.get()) }
        }
        let first = assembly.step * batchSize
        return Batch(
            pixels: assembly.lease.window(byteCount: images.count * imageSize * imageSize * 3), count: images.count,
            width: imageSize, height: imageSize, indices: order[first..<first + images.count].map { indices[$0] },
            targets: images.enumerated().flatMap { place, image in
                image.boxes.map { Target($0, image: place, imageSize: imageSize) }
            },
            letterboxes: images.compactMap(\.letterbox), waitSeconds: waitSeconds)
    }
}
