import ApusCore

/// Proposes what to try next. A proposal is a function of the seed, the trial's number and the finished trials that are
/// numbered before it, so that a search that was broken off goes on as if nothing had happened.
public struct Search: Equatable, Sendable {
    /// Domains by key path.
    public let space: [String: ParameterDomain]
    public let method: TuningConfiguration.Method
    public let seed: UInt64
    /// Random trials before TPE proposes.
    public let startupTrials: Int

    public init(
        _ space: [String: ParameterDomain], method: TuningConfiguration.Method = .tpe, seed: UInt64 = 0,
        startupTrials: Int = 10
    ) {
        (self.space, self.method, self.seed, self.startupTrials) = (space, method, seed, startupTrials)
    }

    /// Values for trial `number` that no trial before it has; `nil` where every combination was tried.
    public func proposal(_ number: Int, after trials: [Trial]) -> [String: String]? {
        let before = trials.filter { $0.number < number }
        let tried = Set(before.map(\.values))
        guard Double(tried.count) < combinations else { return nil }
        let finished = before.filter(\.isFinished)
        let sampler = method == .tpe && finished.count >= startupTrials ? TreeParzenSampler(finished) : nil
        var values: [String: String] = [:]
        for attempt in 0..<Self.attempts {
            // Where the best are all tried, any other will do.
            values = draw(number, attempt, attempt < Self.attempts / 4 ? sampler : nil)
            if !tried.contains(values) { return values }
        }
        return values
    }

    private static let attempts = 400

    /// How many proposals differ; infinite where a parameter is continuous.
    private var combinations: Double { space.values.reduce(1) { $0 * ($1.count ?? .infinity) } }

    private func draw(_ number: Int, _ attempt: Int, _ sampler: TreeParzenSampler?) -> [String: String] {
        var values: [String: String] = [:]
        for (index, (path, domain)) in space.sorted(by: { $0.key < $1.key }).enumerated() {
            var stream = RandomStream(seed: seed, epoch: number, sample: index, purpose: attempt)
            values[path] = sampler?.draw(path, in: domain, using: &stream) ?? domain.random(using: &stream)
        }
        return values
    }
}
