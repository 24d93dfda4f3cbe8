import ApusCore
import ApusONNX
import ApusVision

/// Finds objects in images and boxes around them at their own angle, with an exported model.
///
/// Of two boxes of a class whose exact intersection over union exceeds the threshold, the lesser falls.
public final class OrientedDetector: DescribedModel {
    private let model: ImageModel
    public let description: ModelDescription

    public init(model: Model, file: String, options: Detector.Options = .init()) throws(InferenceError) {
        (description, self.model) = try ImageModel.described(model, file: file, tasks: [.obb], options)
    }

    /// What is in the image, best first; boxes in its pixels.
    public func detections(in image: Image) throws(InferenceError) -> [OrientedDetection] {
        guard case .oriented(let detections) = try model.result(for: image) else { return [] }
        return detections
    }
}
