import ApusAugmentation
import ApusCore
import ApusVision

/// The batches of one epoch, in order, made ahead by threads of its own.
///
/// For one consumer. Letting go of it stops and joins the threads.
public final class LoaderEpoch {
    private let queue: BatchQueue
    private let threads: [Thread]
    private let plan: EpochPlan
    private let indexOf: @Sendable (Int) -> Int

    init(
        plan: EpochPlan, from step: Int, maker: any ImageMaker, mixer: PairMixer?,
        indexOf: @escaping @Sendable (Int) -> Int, settings: LoaderSettings, pool: BufferPool
    ) {
        (self.plan, self.indexOf) = (plan, indexOf)
        let queue = BatchQueue(plan: plan, from: step, prefetch: max(settings.prefetch, 1), pool: pool)
        self.queue = queue
        threads = (0..<max(settings.threads, 1)).map { _ in Thread { Self.work(queue, maker: maker, mixer: mixer) } }
    }

    deinit {
        queue.cancel()
        for thread in threads { thread.join() }
    }

    private static func work(_ queue: BatchQueue, maker: any ImageMaker, mixer: PairMixer?) {
        while let job = queue.claim() {
            let plan = job.assembly.plan
            let base = job.assembly.lease.storage.base.assumingMemoryBound(to: UInt8.self)
            let output = PixelView(base + job.slot * job.assembly.imageBytes, size: plan.size)
            let place = plan.places[job.slot]
            queue.complete(job, with: Result { () throws(LoaderError) in try maker.make(place, into: output) }) {
                mixer?.mix(&$0.images, of: plan, step: $0.step, at: base)
            }
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
        let (plan, handed) = (assembly.plan, assembly.plan.handed)
        var parts = BatchParts()
        for image in images[handed] { parts.append(image) }
        return Batch(
            pixels: assembly.lease.window(
                from: handed.lowerBound * assembly.imageBytes, byteCount: handed.count * assembly.imageBytes),
            count: handed.count, width: plan.size.width, height: plan.size.height,
            indices: plan.places[handed].map { indexOf($0.position) }, targets: parts.targets.targets,
            keypoints: parts.targets.keypoints, masks: parts.targets.masks, labels: parts.labels,
            letterboxes: images[handed].compactMap(\.letterbox), crops: images[handed].compactMap(\.crop),
            globalCount: plan.globalCount, globalFirst: plan.first + handed.lowerBound, waitSeconds: waitSeconds)
    }
}

/// What the images of a batch teach, put together.
private struct BatchParts {
    var targets = ImageTargets()
    var labels: [ClassificationTarget] = []
    private var count = 0

    mutating func append(_ image: MadeImage) {
        targets.targets += image.targets.targets.map { target in
            var target = target
            target.image = count
            return target
        }
        targets.keypoints += image.targets.keypoints
        targets.masks.append(image.targets.masks)
        labels += image.labels.map { ClassificationTarget(image: count, label: $0.label, share: $0.share) }
        count += 1
    }
}
