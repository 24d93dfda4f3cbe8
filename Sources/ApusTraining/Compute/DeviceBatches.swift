import ApusDatasets
import ApusTorch
import Foundation

/// A loader's batch with its images on the device that computes.
struct DeviceBatch {
    let batch: Batch
    /// `[N, 3, H, W]` in 0…1.
    let images: Tensor
    /// How long the consumer waited for it.
    let waitSeconds: Double
}

/// A loader's batches in their order, on a device. For a GPU a thread of its own copies the next ones, through pinned
/// memory and beside what the GPU computes; for the CPU nothing runs beside the loader.
final class DeviceBatches {
    private let batches: LoaderEpoch
    private let device: Device
    private let queue: UploadQueue?

    /// - Parameter copiesAhead: whether a thread brings the next batches; else where the device is a GPU.
    init(_ batches: LoaderEpoch, device: Device, copiesAhead: Bool? = nil) {
        (self.batches, self.device) = (batches, device)
        queue = copiesAhead ?? (device != .cpu) ? UploadQueue(batches, device) : nil
    }

    deinit { queue?.cancel() }

    /// What found no memory beside a step finds it between steps.
    private func copyAlone(_ batch: Batch) throws -> Tensor {
        Torch.emptyCache()
        return try Torch.watchingMemory { Tensor.pixels(of: batch, on: device) }
    }

    /// The next batch, or `nil` after the last.
    func next() throws -> DeviceBatch? {
        guard let queue else { return try batches.next().map { DeviceBatch($0, on: device, waiting: $0.waitSeconds) } }
        let start = ContinuousClock.now
        guard let (batch, copied) = try queue.next() else { return nil }
        let images = try copied ?? copyAlone(batch)
        return DeviceBatch(batch: batch, images: images, waitSeconds: (ContinuousClock.now - start).seconds)
    }
}

extension DeviceBatch {
    init(_ batch: Batch, on device: Device, waiting seconds: Double = 0) {
        self.init(batch: batch, images: .pixels(of: batch, on: device), waitSeconds: seconds)
    }

    /// A range of the images, with what they show.
    func part(_ range: Range<Int>) -> DeviceBatch {
        DeviceBatch(batch: batch.part(range), images: images.slice(0, range), waitSeconds: 0)
    }
}

/// A thread that takes a loader's batches and copies their pixels, at most `depth` ahead; where it finds no memory for
/// them, the batch comes alone.
private final class UploadQueue: @unchecked Sendable {
    private typealias Item = Result<(Batch, Tensor?)?, any Error>
    private static let depth = 2

    private let condition = NSCondition()
    private var waiting: [Item] = []
    private var isCancelled = false

    init(_ batches: LoaderEpoch, _ device: Device) {
        let source = Source(batches: batches)
        Thread.detachNewThread { [self] in
            var isLast = false
            while !isLast {
                let item = Item {
                    guard let batch = try source.batches.next() else { return nil }
                    return (batch, try Self.copy(batch, to: device))
                }
                if case .success(.some) = item {} else { isLast = true }
                guard put(item) else { return }
            }
        }
    }

    private static func copy(_ batch: Batch, to device: Device) throws -> Tensor? {
        do {
            return try Torch.watchingMemory { try Tensor.pixels(of: batch, startingOn: device) }
        } catch TorchError.memory {
            return nil
        }
    }

    /// The loader's batches have one consumer: the thread.
    private struct Source: @unchecked Sendable { let batches: LoaderEpoch }

    /// `false` where nobody waits any more.
    private func put(_ item: Item) -> Bool {
        condition.withLock {
            while waiting.count >= Self.depth && !isCancelled { condition.wait() }
            waiting.append(item)
            condition.broadcast()
            return !isCancelled
        }
    }

    func next() throws -> (Batch, Tensor?)? {
        let item = condition.withLock {
            while waiting.isEmpty { condition.wait() }
            // What ends the batches stays, for whoever asks again.
            guard case .success(.some) = waiting[0] else { return waiting[0] }
            defer { condition.broadcast() }
            return waiting.removeFirst()
        }
        return try item.get()
    }

    func cancel() {
        condition.withLock {
            isCancelled = true
            condition.broadcast()
        }
    }
}

extension Tensor {
    /// A loader's pixels as `[N, 3, H, W]` in 0…1.
    static func pixels(of batch: Batch, on device: Device) -> Tensor {
        batch.withUnsafeBytes {
            Tensor(pixels: $0, count: batch.count, height: batch.height, width: batch.width, device: device)
        }
    }

    /// The same on a thread that has not used the device yet.
    fileprivate static func pixels(of batch: Batch, startingOn device: Device) throws(TorchError) -> Tensor {
        try device.useOnThread()
        return pixels(of: batch, on: device)
    }
}
