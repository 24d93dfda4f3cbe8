import ApusAugmentation
import ApusCore
import ApusVision

/// Batches of decoded, augmented images, made ahead of the training step on threads of their own.
///
/// What a batch holds is a function of (dataset, indices, configuration, settings, seed, epoch, step): not of the number
/// of threads, nor of what is cached, nor of where in the epoch reading began. With `LoaderSettings.shard`, processes
/// together make the batches that one alone would make.
public final class BatchLoader: Sendable {
    public let settings: LoaderSettings
    let work: any BatchWork
    private let pool: BufferPool

    init(_ work: any BatchWork, _ settings: LoaderSettings, largest: ImageSize) {
        (self.work, self.settings) = (work, settings)
        // Two more than a process's part: what pairs need at its borders.
        let images = work.isTraining ? settings.shard.largestPart(of: settings.batchSize) + 2 : settings.batchSize
        let most = max(min(images, work.placeCount + 2), 1)
        pool = BufferPool(byteCount: most * largest.width * largest.height * 3, capacity: settings.prefetch + 2)
    }

    public var imageSize: Int { settings.imageSize }
    public var batchSize: Int { settings.batchSize }
    /// Images an epoch, of all processes.
    public var imageCount: Int { work.placeCount }

    /// Batches an epoch. In training the last may be smaller, and all processes take as many; in evaluation these are
    /// this process's own.
    public var stepsPerEpoch: Int {
        let all = (work.placeCount + settings.batchSize - 1) / settings.batchSize
        guard !work.isTraining else { return all }
        return max(all - settings.shard.rank + settings.shard.count - 1, 0) / settings.shard.count
    }

    /// Bytes of images kept in memory now.
    public var cachedBytes: Int { work.cachedBytes }

    /// The batches of an epoch from `step` on; its threads start at once.
    ///
    /// - Parameter closingMosaic: whether mosaic and mix-up are off, as in the last epochs of a training.
    public func epoch(_ epoch: Int, from step: Int = 0, closingMosaic: Bool = false) -> LoaderEpoch {
        LoaderEpoch(
            plan: work.plan(epoch), from: max(step, 0), maker: work.maker(epoch, closingMosaic: closingMosaic),
            mixer: work.mixer(epoch), indexOf: work.index, settings: settings, pool: pool)
    }
}

/// What a loader makes batches of.
protocol BatchWork: Sendable {
    var isTraining: Bool { get }
    /// Images an epoch, of all processes.
    var placeCount: Int { get }
    var cachedBytes: Int { get }
    func plan(_ epoch: Int) -> EpochPlan
    func maker(_ epoch: Int, closingMosaic: Bool) -> any ImageMaker
    func mixer(_ epoch: Int) -> PairMixer?
    /// The dataset's index of the image at a position.
    func index(_ position: Int) -> Int
}

extension BatchWork {
    func mixer(_ epoch: Int) -> PairMixer? { nil }
}

/// An epoch's places cut into batches, the same way for every kind of work.
struct BatchCutter: Sendable {
    let settings: LoaderSettings
    /// Of every batch, where they are of one size.
    let size: ImageSize
    /// The images at `imageSize` on their longer sides; rectangular batches.
    var sizes: [ImageSize] = []
    var mixesPairs = false

    /// Batches in the order of a random stream.
    func training(_ places: [EpochPlace], epoch: Int) -> EpochPlan {
        var batches: [(Range<Int>, ImageSize)]
        var places = places
        switch settings.shape {
        case .square: batches = ranges(places.count).map { ($0, size) }
        case .multiScale(let reach):
            batches = ranges(places.count).enumerated().map { step, range in
                let side = BatchShape.side(
                    settings.imageSize, reach: reach, seed: settings.seed, epoch: epoch, step: step)
                return (range, ImageSize(square: side))
            }
        case .rectangular:
            places = sorted(places)
            batches = held(places)
            var stream = RandomStream(seed: settings.seed, epoch: epoch, purpose: Self.purpose)
            batches.shuffle(using: &stream)
        }
        return EpochPlan(places, batches, shard: settings.shard, mixesPairs: mixesPairs)
    }

    private static let purpose = 1 << 29 + 2

    /// Whole batches of this process alone.
    func evaluation(_ count: Int) -> EpochPlan {
        var places = (0..<count).map { EpochPlace(position: $0, sample: $0) }
        let isRectangular = settings.rectangular
        if isRectangular { places = sorted(places) }
        let all = isRectangular ? held(places) : ranges(count).map { ($0, size) }
        let own = stride(from: settings.shard.rank, to: all.count, by: settings.shard.count).map { all[$0] }
        return EpochPlan(places, own, shard: .whole)
    }

    private func ranges(_ count: Int) -> [Range<Int>] {
        stride(from: 0, to: count, by: settings.batchSize).map { $0..<min($0 + settings.batchSize, count) }
    }

    /// From the widest to the highest; places of one shape stay in their order.
    private func sorted(_ places: [EpochPlace]) -> [EpochPlace] {
        func aspect(_ place: EpochPlace) -> Double {
            Double(sizes[place.position].height) / Double(sizes[place.position].width)
        }
        let keyed = places.enumerated().map { (aspect: aspect($1), order: $0, place: $1) }
        return keyed.sorted { ($0.aspect, $0.order) < ($1.aspect, $1.order) }.map(\.place)
    }

    private func held(_ places: [EpochPlace]) -> [(Range<Int>, ImageSize)] {
        ranges(places.count).map { range in (range, BatchShape.holding(range.map { sizes[places[$0].position] })) }
    }
}
