import ApusAugmentation
import ApusCore

/// A batch to be made: by all processes, and by this one.
struct BatchPlan: Hashable, Sendable {
    /// Of its images, in pixels.
    var size: ImageSize
    /// What this process makes, in order.
    var places: [EpochPlace]
    /// The part of `places` that is handed out; what is beside it is only mixed in.
    var handed: Range<Int>
    /// The place in the whole batch of the first of `places`.
    var first: Int
    /// How many images the batch has that one process alone would make.
    var wholeCount: Int
    /// How many images all processes hand out.
    var globalCount: Int
}

/// What an epoch's batches hold: a function of (seed, epoch) and of which process asks.
struct EpochPlan: Sendable {
    private let places: [EpochPlace]
    /// The places of each batch of all processes, and its images' size.
    private let batches: [(range: Range<Int>, size: ImageSize)]
    private let shard: Shard
    private let mixesPairs: Bool

    /// - Parameter mixesPairs: whether places 2k and 2k + 1 of a batch are mixed with each other.
    init(_ places: [EpochPlace], _ batches: [(Range<Int>, ImageSize)], shard: Shard, mixesPairs: Bool = false) {
        (self.places, self.shard, self.mixesPairs) = (places, shard, mixesPairs)
        self.batches = batches.map { (range: $0.0, size: $0.1) }
    }

    var stepCount: Int { batches.count }

    subscript(step: Int) -> BatchPlan {
        let (range, size) = batches[step]
        let total = max(range.count, shard.count)
        let own = shard.part(of: total)
        let made = mixesPairs ? own.widenedToPairs(below: range.count) : own
        // Beyond a last batch of fewer images than processes, the epoch's order begins again.
        let places = made.map { offset in
            offset < range.count
                ? self.places[range.lowerBound + offset] : self.places[(offset - range.count) % self.places.count]
        }
        return BatchPlan(
            size: size, places: places,
            handed: own.lowerBound - made.lowerBound..<own.upperBound - made.lowerBound, first: made.lowerBound,
            wholeCount: range.count, globalCount: total)
    }
}

extension Range<Int> {
    /// With the partners of its ends, where places 2k and 2k + 1 are pairs and a last one may be without.
    fileprivate func widenedToPairs(below count: Int) -> Range<Int> {
        let (low, high) = (lowerBound & ~1, Swift.min((upperBound + 1) & ~1, count))
        return low..<Swift.max(high, upperBound)
    }
}

/// The sizes of batches.
enum BatchShape: Hashable, Sendable {
    /// `imageSize`².
    case square
    /// Square, of a side within this part of `imageSize` either way, drawn for each batch.
    case multiScale(Double)
    /// The smallest multiples of 32 that hold the batch's images at `imageSize` on their longer sides.
    case rectangular

    static let step = 32

    /// The largest side that a batch may have.
    func largestSide(_ imageSize: Int) -> Int {
        guard case .multiScale(let reach) = self else { return imageSize }
        return Self.sides(imageSize, reach).upperBound * Self.step
    }

    /// In steps of 32.
    private static func sides(_ imageSize: Int, _ reach: Double) -> ClosedRange<Int> {
        let middle = Double(imageSize) / Double(step)
        let low = max(Int((middle * (1 - reach)).rounded(.up)), 1)
        return low...max(Int((middle * (1 + reach)).rounded(.down)), low)
    }

    private static let purpose = 1 << 29 + 1

    /// The side of a batch.
    static func side(_ imageSize: Int, reach: Double, seed: UInt64, epoch: Int, step: Int) -> Int {
        var stream = RandomStream(seed: seed, epoch: epoch, sample: step, purpose: purpose)
        return Int.random(in: sides(imageSize, reach), using: &stream) * Self.step
    }

    /// The smallest size in steps of 32 that holds each of some.
    static func holding(_ sizes: [ImageSize]) -> ImageSize {
        func rounded(_ side: Int) -> Int { (side + step - 1) / step * step }
        return ImageSize(
            width: rounded(sizes.map(\.width).max() ?? 1), height: rounded(sizes.map(\.height).max() ?? 1))
    }
}
