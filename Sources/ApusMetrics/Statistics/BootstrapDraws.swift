import ApusCore

/// The metrics of many sets of images, each drawn with replacement from the evaluated ones.
///
/// Draws of the same seed take the same images, so that two models' draws on one set are paired and their difference
/// has an interval of its own, far narrower than the two models' intervals would tell.
///
/// Efron, *Bootstrap Methods: Another Look at the Jackknife*, Annals of Statistics 7, 1979.
public struct BootstrapDraws: Sendable {
    /// Of the metrics, as `SampledMetrics.values` has them.
    public let names: [String]
    /// Of the images as they are.
    public let metrics: SampledMetrics
    /// `[name][draw]`, NaN where a draw has nothing to count.
    private let columns: [[Double]]
    private let places: [String: Int]

    init(names: [String], metrics: SampledMetrics, rows: [[Double]]) {
        (self.names, self.metrics) = (names, metrics)
        columns = names.indices.map { name in rows.map { $0[name] } }
        places = Dictionary(zip(names, names.indices)) { $1 }
    }

    /// A metric's value in each draw, NaN where it has none; `nil` for a metric that is not there.
    public subscript(name: String) -> [Double]? { places[name].map { columns[$0] } }

    /// Between which values a metric lies; `nil` where too few draws have it.
    public func interval(_ name: String) -> ConfidenceInterval? {
        self[name].flatMap { ConfidenceInterval(percentilesOf: $0) }
    }
}

extension MatchedResults {
    /// Draws as many images as there are, with replacement, again and again, and measures each draw.
    ///
    /// The same seed gives the same draws for every model and on any number of threads.
    ///
    /// - Parameters:
    ///   - slice: measures only what of the drawn images lies in it.
    ///   - threads: draws are spread over them.
    /// - Throws: `EvaluationError.unknownImage` for an id of the slice that was not evaluated.
    public func bootstrap(
        draws: Int = 1000, seed: UInt64 = 0, slice: ImageSlice? = nil, threads: Int = availableCores
    ) throws(EvaluationError) -> BootstrapDraws {
        let mask = try slice.map { (slice) throws(EvaluationError) in try weights(of: slice) }
        let (count, sampler) = (imageIDs.count, sampler)
        let blocks = (draws + drawsInBlock - 1) / drawsInBlock
        let rows = parallelMap(blocks, threads: threads) { block in
            let range = block * drawsInBlock..<min(draws, (block + 1) * drawsInBlock)
            return sampler.values(range.map { resampled(count, seed: seed, draw: $0, mask: mask) })
        }
        let whole = sampler.metrics(mask ?? Array(repeating: 1, count: count))
        return BootstrapDraws(names: sampler.names, metrics: whole, rows: rows.flatMap { $0 })
    }
}

/// Draws that are measured together: their weights and sums stay in a core's cache.
private let drawsInBlock = 16

/// How often each image is drawn; images outside the mask are drawn in vain.
private func resampled(_ count: Int, seed: UInt64, draw: Int, mask: [Int32]?) -> [Int32] {
    var random = RandomStream(seed: seed, sample: draw, purpose: 0x626F6F74)
    var weights = [Int32](repeating: 0, count: count)
    for _ in 0..<count { weights[Int(random.next().multipliedFullWidth(by: UInt64(count)).high)] += 1 }
    guard let mask else { return weights }
    return zip(weights, mask).map { $0 * $1 }
}
