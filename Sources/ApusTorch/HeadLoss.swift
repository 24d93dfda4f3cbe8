import CApusTorch

/// What a batch shows, for a head's loss.
public struct HeadTruths: Sendable {
    /// A labelled box; centre and size are fractions of the image, the angle is in radians, clockwise as seen.
    public struct Target: Sendable {
        var c: apus_target

        public init(
            image: Int, label: Int, centerX: Float, centerY: Float, width: Float, height: Float, angle: Float = 0
        ) {
            c = apus_target(
                image: Int32(clamping: image), label: Int32(clamping: label), centerX: centerX, centerY: centerY,
                width: width, height: height, angle: angle)
        }
    }

    /// Where a target's mask lies in the prototypes' map and in `masks`.
    public struct Window: Sendable {
        var c: apus_mask_window

        public init(left: Int, top: Int, width: Int, height: Int, offset: Int) {
            c = apus_mask_window(
                left: Int32(clamping: left), top: Int32(clamping: top), width: Int32(clamping: width),
                height: Int32(clamping: height), offset: Int64(offset))
        }
    }

    public var targets: [Target]
    /// x and y as fractions of the image's sides, visibility 0 where nobody marked it; K a target.
    public var keypoints: [SIMD3<Float>]
    /// One a target.
    public var windows: [Window]
    /// Rows of the windows, 1 inside the instance.
    public var masks: [UInt8]

    public init(_ targets: [Target], keypoints: [SIMD3<Float>] = [], windows: [Window] = [], masks: [UInt8] = []) {
        (self.targets, self.keypoints, self.windows, self.masks) = (targets, keypoints, windows, masks)
    }

    func withC<Result>(_ body: (inout apus_truths) -> Result) -> Result {
        let points = keypoints.map { apus_keypoint(x: $0.x, y: $0.y, visibility: $0.z) }
        return targets.map(\.c).withUnsafeBufferPointer { targets in
            points.withUnsafeBufferPointer { points in
                windows.map(\.c).withUnsafeBufferPointer { windows in
                    masks.withUnsafeBufferPointer { masks in
                        var truths = apus_truths(
                            targets: targets.baseAddress, count: targets.count, keypoints: points.baseAddress,
                            keypointCount: points.count, windows: windows.baseAddress, windowCount: windows.count,
                            masks: masks.baseAddress, maskBytes: masks.count)
                        return body(&truths)
                    }
                }
            }
        }
    }
}

/// How a head's loss weighs its parts.
public struct HeadLossSettings: Sendable {
    public var boxGain, classGain, distributionGain: Float
    /// Anchors that a labelled box may claim.
    public var candidates: Int
    /// alignment = score^scorePower · overlap^overlapPower
    public var scorePower, overlapPower: Float
    /// 0 for plain cross entropy.
    public var focalGamma: Float = 0
    /// One a class; all 1 where it is empty.
    public var classWeights: [Float] = []
    public var maskGain, keypointGain, visibilityGain: Float
    /// One a keypoint.
    public var sigmas: [Float] = []

    public init(
        boxGain: Float, classGain: Float, distributionGain: Float, candidates: Int, scorePower: Float,
        overlapPower: Float, maskGain: Float = 0, keypointGain: Float = 0, visibilityGain: Float = 0
    ) {
        (self.boxGain, self.classGain, self.distributionGain) = (boxGain, classGain, distributionGain)
        (self.candidates, self.scorePower, self.overlapPower) = (candidates, scorePower, overlapPower)
        (self.maskGain, self.keypointGain, self.visibilityGain) = (maskGain, keypointGain, visibilityGain)
    }

    func withC<Result>(_ body: (inout apus_head_settings) -> Result) -> Result {
        classWeights.withUnsafeBufferPointer { weights in
            sigmas.withUnsafeBufferPointer { sigmas in
                var settings = apus_head_settings(
                    boxGain: boxGain, classGain: classGain, distributionGain: distributionGain,
                    candidates: Int32(clamping: max(candidates, 0)), scorePower: scorePower,
                    overlapPower: overlapPower, focalGamma: focalGamma,
                    classWeights: weights.isEmpty ? nil : weights.baseAddress, classWeightCount: weights.count,
                    maskGain: maskGain, keypointGain: keypointGain, visibilityGain: visibilityGain,
                    sigmas: sigmas.baseAddress, sigmaCount: sigmas.count)
                return body(&settings)
            }
        }
    }
}

/// A head's loss: `total` is the parts' sum times the batch size, the parts are times their gains.
public struct HeadLoss: Sendable {
    public var total: Tensor
    public var box, classification, distribution, mask, keypoints, visibility: Float
    /// Anchors that were assigned a box.
    public var positives: Int

    init(total: Tensor, _ parts: apus_loss_parts) {
        self.total = total
        (box, classification, distribution) = (parts.box, parts.classification, parts.distribution)
        (mask, keypoints, visibility) = (parts.mask, parts.keypoints, parts.visibility)
        positives = Int(parts.positives)
    }
}
