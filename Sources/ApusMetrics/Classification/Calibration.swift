/// Whether a classifier is right as often as it says.
///
/// Guo et al., *On Calibration of Modern Neural Networks*, <https://arxiv.org/abs/1706.04599>.
public struct Calibration: Metric, Hashable {
    private var counts: [Int]
    private var correct: [Int]
    private var confidences: [Double]

    /// - Parameter bins: of equal width over the confidences 0 to 1.
    public init(bins: Int = 15) {
        precondition(bins > 0, "\(bins) bins, expected at least 1")
        (counts, correct) = (Array(repeating: 0, count: bins), Array(repeating: 0, count: bins))
        confidences = Array(repeating: 0, count: bins)
    }

    /// - Parameter confidence: the probability of the predicted class; one outside 0...1 counts in the bin at its end.
    public mutating func update(confidence: Double, isCorrect: Bool) {
        update(confidence: confidence, isCorrect: isCorrect, weight: 1)
    }

    /// An image that counts as `weight` of its kind.
    mutating func update(confidence: Double, isCorrect: Bool, weight: Int) {
        let bins = Double(counts.count)
        let bin = confidence > 0 ? Int(min(confidence * bins, bins - 1)) : 0
        counts[bin] += weight
        correct[bin] += isCorrect ? weight : 0
        confidences[bin] += confidence * Double(weight)
    }

    public mutating func merge(_ other: Calibration) {
        precondition(counts.count == other.counts.count, "calibrations of other bins cannot be merged")
        for bin in counts.indices {
            counts[bin] += other.counts[bin]
            correct[bin] += other.correct[bin]
            confidences[bin] += other.confidences[bin]
        }
    }

    public var value: CalibrationMetrics {
        let bins = counts.indices.map { bin in
            let count = Double(counts[bin])
            return CalibrationMetrics.Bin(
                lower: Double(bin) / Double(counts.count), upper: Double(bin + 1) / Double(counts.count),
                count: counts[bin], accuracy: counts[bin] == 0 ? nil : Double(correct[bin]) / count,
                confidence: counts[bin] == 0 ? nil : confidences[bin] / count)
        }
        return CalibrationMetrics(bins: bins)
    }
}

/// Accuracy over confidence, and how far they are apart.
public struct CalibrationMetrics: Codable, Hashable, Sendable {
    public struct Bin: Codable, Hashable, Sendable {
        /// Confidences from `lower` up to `upper`.
        public var lower, upper: Double
        public var count: Int
        /// `nil` in an empty bin.
        public var accuracy, confidence: Double?

        var gap: Double { abs((accuracy ?? 0) - (confidence ?? 0)) }
    }

    /// The expected calibration error: the distance of accuracy and confidence, averaged over samples.
    public var expectedError: Double?
    /// The largest distance of a bin.
    public var maximumError: Double?
    public var bins: [Bin]

    enum CodingKeys: String, CodingKey {
        case bins
        case expectedError = "ECE"
        case maximumError = "MCE"
    }

    init(bins: [Bin]) {
        self.bins = bins
        let total = bins.reduce(0) { $0 + $1.count }
        guard total > 0 else { return }
        expectedError = bins.reduce(0) { $0 + $1.gap * Double($1.count) } / Double(total)
        maximumError = bins.map(\.gap).max()
    }
}
