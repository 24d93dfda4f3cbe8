/// One side of a gate: its numbers and what they were measured on.
public struct GateSubject: Codable, Hashable, Sendable {
    public var name: String
    public var metrics: [String: Double]
    /// What must be the same on both sides for numbers to be comparable, as `dataset`, `split`, `profile`.
    public var identity: [String: String]
    /// What `identity` cannot say, as a file of bare numbers cannot name its dataset: noted in the report, and
    /// compared no further.
    public var unstated: [String]
    /// What was found on each image; without it, differences have no interval of their own.
    public var matches: MatchedResults?
    /// Parts of the images that rules may name.
    public var slices: [ImageSlice]
    /// Measurements taken side by side with the other subject's, in the same order, as `latency_ms`.
    public var measurements: [String: [Double]]

    public init(
        name: String, metrics: [String: Double], identity: [String: String], unstated: [String] = [],
        matches: MatchedResults? = nil, slices: [ImageSlice] = [], measurements: [String: [Double]] = [:]
    ) {
        (self.name, self.metrics, self.identity, self.unstated) = (name, metrics, identity, unstated)
        (self.matches, self.slices, self.measurements) = (matches, slices, measurements)
    }

    /// Adds a metric by what was measured of it; its value is their median.
    public mutating func add(measurements values: [Double], of metric: String) {
        measurements[metric] = values
        metrics[metric] = median(values)
    }

    /// Takes over a detector's numbers; the profile and the number of images become part of the identity.
    public init(name: String, metrics: DetectionMetrics, identity: [String: String]) {
        let measured = ["profile": metrics.profile.rawValue, "images": "\(metrics.imageCount)"]
        self.init(name: name, metrics: metrics.values, identity: identity.merging(measured) { $1 })
    }
}
