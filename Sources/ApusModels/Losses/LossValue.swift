import ApusTorch

/// A batch's loss and its parts, each multiplied by its gain.
public struct LossValue: Sendable {
    public typealias Part = (name: String, value: Double)

    /// What `backward` starts from. Of networks that find objects: the parts' sum times the batch size.
    public var total: Tensor
    /// By the names that people know: `box`, `cls`, `dfl`, ….
    public var parts: [Part]
    /// Anchors that were assigned a target; images or keypoints where there are no anchors.
    public var positives: Int

    public init(total: Tensor, parts: [Part], positives: Int) {
        (self.total, self.parts, self.positives) = (total, parts, positives)
    }

    /// The parts' sum: the loss of one image on average.
    public var sum: Double { parts.reduce(0) { $0 + $1.value } }

    public subscript(name: String) -> Double? { parts.first { $0.name == name }?.value }
}
