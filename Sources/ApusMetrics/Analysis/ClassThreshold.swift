/// The confidence at which a class's F1 is highest, at overlap 0.5, and what it finds there.
public struct ClassThreshold: Codable, Hashable, Sendable {
    public var name: String
    /// A multiple of 0.001: the middle of the range over which F1 is highest; `nil` without instances.
    public var confidence: Double?
    /// `nil` where nothing scores that high, or the class has no instances.
    public var precision, recall, f1: Double?

    enum CodingKeys: String, CodingKey {
        case name, confidence, precision, recall
        case f1 = "F1"
    }

    init(_ counts: ConfidenceCounts, name: String) {
        self.name = name
        guard counts.instances > 0 else { return }
        let step = bestStep([counts], smoothing: false)
        confidence = ConfidenceCounts.threshold(step)
        (precision, recall, f1) = (counts.precision(step), counts.recall(step), counts.f1(step))
    }
}
