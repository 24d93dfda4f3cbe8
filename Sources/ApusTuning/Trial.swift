/// One training with values of its own.
public struct Trial: Codable, Equatable, Sendable {
    public enum State: String, Codable, Sendable {
        /// Proposed; perhaps under way.
        case open
        case complete
        /// Stopped because it was worse than others were.
        case pruned
        /// Without a result: the worst there is.
        case failed
    }

    /// What was measured after an epoch, counted from 1.
    public struct Measurement: Codable, Equatable, Sendable {
        public var epoch: Int
        public var value: Double

        public init(epoch: Int, value: Double) { (self.epoch, self.value) = (epoch, value) }
    }

    /// Counted from 0.
    public var number: Int
    /// Values in YAML by key path.
    public var values: [String: String]
    public var state = State.open
    public var measurements: [Measurement] = []
    /// Its run in the tracking store.
    public var run: String?
    /// Why it failed.
    public var failure: String?

    public init(number: Int, values: [String: String]) { (self.number, self.values) = (number, values) }

    /// The best that was measured; `nil` where the trial failed or nothing was measured yet.
    public var value: Double? { state == .failed ? nil : measurements.map(\.value).max() }

    public var isFinished: Bool { state != .open }
}

extension [Trial] {
    /// Finished trials, best first; of equals the earlier first, those without a result last.
    public var ranked: [Trial] {
        filter(\.isFinished).sorted { a, b in
            let (left, right) = (a.value ?? -.infinity, b.value ?? -.infinity)
            return left == right ? a.number < b.number : left > right
        }
    }

    /// The best trial; `nil` where none has a result.
    public var best: Trial? { ranked.first { $0.value != nil } }
}
