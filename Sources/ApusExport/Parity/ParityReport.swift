import ApusInference

/// What a parity check found.
public struct ParityReport: Codable, Equatable, Sendable {
    public var imageCount: Int
    public var differences: [OutputDifference]
    /// For detectors, after thresholds and suppression.
    public var boxes = BoxAgreement()
    /// For classifiers, the images whose likeliest class is the same.
    public var sameClass: Int?
    /// The largest difference that passes.
    public var tolerance: Float

    public var largestDifference: Float { differences.map(\.largest).max() ?? 0 }
    public var passes: Bool { largestDifference <= tolerance }
}

extension ParityReport: CustomStringConvertible {
    public var description: String {
        let parts = differences.map { "\($0.name) \($0.largest)" }.joined(separator: ", ")
        return "on \(imageCount) images the largest difference is \(largestDifference) (\(parts)), "
            + "allowed \(tolerance)\(agreement)"
    }

    private var agreement: String {
        if let sameClass { return "; \(sameClass) of \(imageCount) likeliest classes agree" }
        return boxes.total > 0 ? "; \(boxes.matched) of \(boxes.total) boxes agree" : ""
    }
}
