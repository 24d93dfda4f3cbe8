import ApusInference

/// What a parity suite found.
public struct ParitySuiteReport: Codable, Equatable, Sendable {
    /// One engine beside the reference.
    public struct EngineResult: Codable, Equatable, Sendable {
        public var name: String
        public var differences: [OutputDifference]
        /// Boxes equal at an overlap of 0.99; likeliest classes or places for tasks without boxes.
        public var agreement: BoxAgreement
        /// The metric, and how far it is from the reference's.
        public var value, difference: Double?
        public var passes: Bool

        init(
            name: String, differences: [OutputDifference], agreement: BoxAgreement, value: Double?, expected: Double?,
            limits: ParitySuite.Limits
        ) {
            (self.name, self.differences, self.agreement, self.value) = (name, differences, agreement, value)
            difference = ApusTraining.difference(value, expected)
            // A metric that only one of the two defines is a difference.
            let isMetricEqual = (value == nil) == (expected == nil) && abs(difference ?? 0) <= limits.metric
            passes =
                isMetricEqual && agreement.fraction >= limits.agreement
                && differences.allSatisfy { $0.largest <= limits.output }
        }

        public var largestDifference: Float { differences.map(\.largest).max() ?? 0 }
    }

    /// What a change of the images does to the metric.
    public struct ChangeResult: Codable, Equatable, Sendable {
        public var name: String
        public var value, difference: Double?
    }

    /// The engine that the others are compared with, and its metric.
    public var reference, metric: String
    public var value: Double?
    public var limits: ParitySuite.Limits
    public var engines: [EngineResult] = []
    public var changes: [ChangeResult] = []

    init(reference: String, metric: String, value: Double?, limits: ParitySuite.Limits) {
        (self.reference, self.metric, self.value, self.limits) = (reference, metric, value, limits)
    }

    public var passes: Bool { engines.allSatisfy(\.passes) }
}
