import ApusConfiguration
import ApusVision

extension Sidecar {
    /// What a model's own description says.
    init(_ description: ModelDescription) {
        let input = description.input
        var preprocess = Preprocessing()
        preprocess.size = [input.letterbox.width, input.letterbox.height]
        preprocess.fit = Self.fit(description.task)
        preprocess.resize = description.task == .classify ? input.shorterSide : nil
        preprocess.padding = Float(input.letterbox.padding)
        preprocess.upscale = input.letterbox.allowsUpscaling
        preprocess.channels = input.channelOrder == .bgr ? .bgr : .rgb
        preprocess.scale = Quotient(input.scale)
        (preprocess.mean, preprocess.std) = (OneOrMany(input.mean), OneOrMany(input.std))
        self.init(
            preprocess: preprocess, decode: Self.format(description), labels: description.labels,
            keypoints: description.keypoints)
    }

    private static func fit(_ task: ModelDescription.Task) -> Preprocessing.Fit {
        switch task {
        case .classify: .centerCrop
        case .keypoints: .stretch
        case .detect, .segment, .pose, .obb: .letterbox
        }
    }

    private static func format(_ description: ModelDescription) -> any OutputFormat {
        switch description.task {
        case .detect: return V8Format()
        case .segment: return V8SegmentFormat()
        case .obb: return V8OrientedFormat()
        case .pose:
            var poses = V8Format()
            poses.keypoints = description.keypoints?.count ?? 0
            return poses
        case .classify:
            var probabilities = ClassifierFormat()
            probabilities.activation = Activation.none
            return probabilities
        case .keypoints: return SimCCFormat.trained
        }
    }
}
