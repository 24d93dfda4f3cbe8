import ApusCore

/// What every random draw for one sample is a function of, beside its purpose: the same key, the same sample,
/// whichever thread makes it and wherever training was resumed.
public struct SampleKey: Hashable, Sendable {
    public var seed: UInt64
    public var epoch: Int
    public var sample: Int

    public init(seed: UInt64, epoch: Int, sample: Int) {
        (self.seed, self.epoch, self.sample) = (seed, epoch, sample)
    }

    public func stream(_ purpose: Int) -> RandomStream {
        RandomStream(seed: seed, epoch: epoch, sample: sample, purpose: purpose)
    }

    /// The key of another sample that takes part in this one; each slot has its own.
    func derived(sample: Int, slot: Int) -> SampleKey {
        var stream = stream(1 << 30 + slot)
        return SampleKey(seed: stream.next(), epoch: epoch, sample: sample)
    }
}
