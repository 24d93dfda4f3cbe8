import ApusTorch
import ApusVision

/// The loss of v8-style pose networks: the detectors', and for each positive the distance of its keypoints on the
/// scale of object keypoint similarity (Maji et al., *YOLO-Pose*, <https://arxiv.org/abs/2204.06806>) and the binary
/// cross entropy of their visibility.
public struct PoseLoss: Codable, Hashable, Sendable {
    public var detection = DetectionLoss()
    public var keypointGain = 12.0
    public var visibilityGain = 1.0
    /// How widely people place each keypoint, as a share of the object's size: given with the dataset, never guessed.
    public var sigmas: [Double]

    public init(sigmas: [Double]) { self.sigmas = sigmas }

    /// The parts are `box`, `pose`, `kobj`, `cls` and `dfl`.
    ///
    /// - Parameter keypoints: K a target: x and y as fractions of the image's sides, visibility 0 where nobody marked
    ///   it.
    public func callAsFunction(
        _ output: PoseOutput, _ targets: [DetectionTarget], keypoints: [SIMD3<Float>]
    ) throws(TorchError) -> LossValue {
        var settings = detection.settings
        (settings.keypointGain, settings.visibilityGain) = (Float(keypointGain), Float(visibilityGain))
        settings.sigmas = sigmas.map(Float.init)
        let loss = try output.maps.loss(HeadTruths(targets.map(\.forHead), keypoints: keypoints), settings)
        var parts = loss.detectionParts
        parts.insert(contentsOf: [("pose", Double(loss.keypoints)), ("kobj", Double(loss.visibility))], at: 1)
        return LossValue(total: loss.total, parts: parts, positives: loss.positives)
    }
}
