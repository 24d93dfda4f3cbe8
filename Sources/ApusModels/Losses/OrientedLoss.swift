import ApusTorch
import ApusVision

/// The loss of v8-style networks for turned boxes: the detectors' with probabilistic IoU (Llerena et al.,
/// <https://arxiv.org/abs/2106.06072>) as overlap, anchors inside the turned box, and distances along its sides.
public struct OrientedLoss: Codable, Hashable, Sendable {
    public var detection = DetectionLoss()

    public init() {}

    /// The parts are `box`, `cls` and `dfl`.
    public func callAsFunction(
        _ output: OrientedOutput, _ targets: [DetectionTarget]
    ) throws(TorchError) -> LossValue {
        let loss = try output.maps.loss(HeadTruths(targets.map(\.forHead)), detection.settings)
        return LossValue(total: loss.total, parts: loss.detectionParts, positives: loss.positives)
    }

    /// As of `DetectionLoss`.
    public func assignment(_ output: OrientedOutput, _ targets: [DetectionTarget]) throws(TorchError) -> (
        targets: [Int32], scores: [Float]
    ) {
        try output.maps.assignment(HeadTruths(targets.map(\.forHead)), detection.settings)
    }
}
