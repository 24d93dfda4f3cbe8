import ApusConfiguration
import ApusModels

/// The weights of the loss's parts, and how classes count in it.
public struct LossConfiguration: Defaulted, Validated, Equatable, Sendable {
    public var box = 7.5
    public var cls = 0.5
    public var dfl = 1.5
    /// Of segmenters' masks.
    public var seg = 7.5
    /// Of keypoints' places and visibility.
    public var pose = 12.0
    public var kobj = 1.0
    /// Classifiers: the share of the truth that is spread over all classes.
    public var labelSmoothing = 0.0
    /// Above 0, what is recognized well counts less.
    public var focalGamma = 0.0
    /// How much each class counts, in the classes' order; empty for all alike.
    public var classWeights: [Double] = []

    public init() {}

    enum CodingKeys: String, CodingKey {
        case box, cls, dfl, seg, pose, kobj
        case labelSmoothing = "label_smoothing"
        case focalGamma = "focal_gamma"
        case classWeights = "class_weights"
    }

    public func problems() -> [ConfigurationProblem] {
        [
            .atLeast("box", box, 0), .atLeast("cls", cls, 0), .atLeast("dfl", dfl, 0), .atLeast("seg", seg, 0),
            .atLeast("pose", pose, 0), .atLeast("kobj", kobj, 0),
            .require(
                "label_smoothing", (0..<1).contains(labelSmoothing), expected: "0 up to, not including, 1",
                found: labelSmoothing),
            .range("focal_gamma", focalGamma, 0...10),
            .require(
                "class_weights", classWeights.allSatisfy { $0 >= 0 && $0.isFinite }, expected: "numbers from 0",
                found: classWeights),
        ].compactMap { $0 }
    }

    /// An error unless there are as many weights as classes, or none.
    func check(classNames: [String]) throws(TrainingError) {
        guard classWeights.isEmpty || classWeights.count == classNames.count else {
            throw .classWeights(found: classWeights.count, classes: classNames)
        }
    }

    var detection: DetectionLoss {
        var loss = DetectionLoss()
        (loss.boxGain, loss.classGain, loss.distributionGain) = (box, cls, dfl)
        (loss.focalGamma, loss.classWeights) = (focalGamma, classWeights)
        return loss
    }

    var segmentation: SegmentationLoss {
        var loss = SegmentationLoss()
        (loss.detection, loss.maskGain) = (detection, seg)
        return loss
    }

    func pose(sigmas: [Double]) -> PoseLoss {
        var loss = PoseLoss(sigmas: sigmas)
        (loss.detection, loss.keypointGain, loss.visibilityGain) = (detection, pose, kobj)
        return loss
    }

    var oriented: OrientedLoss {
        var loss = OrientedLoss()
        loss.detection = detection
        return loss
    }

    var classification: ClassificationLoss {
        var loss = ClassificationLoss()
        (loss.labelSmoothing, loss.focalGamma, loss.classWeights) = (labelSmoothing, focalGamma, classWeights)
        return loss
    }
}
