import ApusTorch
import ApusVision

/// The loss of v8-style segmenters: the detectors', and for each positive the binary cross entropy of its mask at a
/// quarter of the resolution, inside its box only, a mean over the box's area (Bolya et al., *YOLACT*,
/// <https://arxiv.org/abs/1904.02689>).
public struct SegmentationLoss: Codable, Hashable, Sendable {
    public var detection = DetectionLoss()
    public var maskGain = 7.5

    public init() {}

    /// The parts are `box`, `seg`, `cls` and `dfl`.
    ///
    /// - Parameter masks: one a target; a target whose window is empty is taken for one without a pixel.
    public func callAsFunction(
        _ output: SegmentationOutput, _ targets: [DetectionTarget], masks: InstanceMasks
    ) throws(TorchError) -> LossValue {
        var settings = detection.settings
        settings.maskGain = Float(maskGain)
        let windows = masks.windows.map {
            HeadTruths.Window(left: $0.left, top: $0.top, width: $0.width, height: $0.height, offset: $0.offset)
        }
        let truths = HeadTruths(targets.map(\.forHead), windows: windows, masks: masks.bytes)
        let loss = try output.maps.loss(truths, settings)
        var parts = loss.detectionParts
        parts.insert(("seg", Double(loss.mask)), at: 1)
        return LossValue(total: loss.total, parts: parts, positives: loss.positives)
    }
}
