import ApusCore
import ApusVision

/// Reads a network's raw outputs for one image as `Segmenter`, `PoseEstimator` and `OrientedDetector` read a model's,
/// so that training, evaluation and deployment find the same.
public struct OutputReader: Sendable {
    private let format: any OutputFormat
    private let thresholds: Thresholds
    private let classCount: Int

    /// - Parameters:
    ///   - task: any but `classify`, in the layouts that Apus exports.
    ///   - keypointCount: points an object; 0 unless they are posed.
    public init(task: ModelDescription.Task, classCount: Int, keypointCount: Int = 0, thresholds: Thresholds) {
        switch task {
        case .segment: format = V8SegmentFormat()
        case .obb: format = V8OrientedFormat()
        case .keypoints: format = SimCCFormat.trained
        default:
            var boxes = V8Format()
            boxes.keypoints = keypointCount
            format = boxes
        }
        (self.thresholds, self.classCount) = (thresholds, classCount)
    }

    /// What the outputs, each for one image, say in the pixels of the image that lies so in the input.
    public func result(of outputs: [NDArray], in letterbox: Letterbox) throws(InferenceError) -> Prediction.Result {
        let names = format.format == .simcc ? ["simcc_x", "simcc_y"] : outputs.indices.map { "output\($0)" }
        let arrays = Dictionary(uniqueKeysWithValues: zip(names, outputs))
        let context = DecodingContext(
            placement: Placement(letterbox), thresholds: thresholds, classCount: classCount)
        return try format.result(of: ModelOutputs(file: "the network", names: names, arrays: arrays), context)
    }
}
