import ApusCore
import ApusONNX
import ApusVision

/// Finds the points of objects in images with an exported model: one that finds the objects too (`pose`), or one that
/// looks at one object at a time (`keypoints`), for which a detector finds them.
///
///     let estimator = try PoseEstimator(contentsOf: "models/mice/1/model.onnx")
///     let persons = try detector.detections(in: image)
///     let poses = try estimator.poses(in: image, of: persons)
public final class PoseEstimator: DescribedModel {
    private let model: ImageModel
    public let description: ModelDescription

    /// The points of a pose, in order.
    public var keypoints: KeypointLayout { description.keypoints ?? KeypointLayout(count: 0) }
    /// Whether the model looks at one object at a time.
    public var isTopDown: Bool { description.task == .keypoints }

    public init(model: Model, file: String, options: Detector.Options = .init()) throws(InferenceError) {
        (description, self.model) = try ImageModel.described(model, file: file, tasks: [.pose, .keypoints], options)
    }

    /// What is in the image, best first; a top-down model takes the whole image as one object.
    public func poses(in image: Image) throws(InferenceError) -> [Pose] {
        if isTopDown { return try model.poses(in: image, of: nil) }
        guard case .poses(let poses) = try model.result(for: image) else { return [] }
        return poses
    }

    /// The points of each object, in the objects' order. A model that finds objects itself passes the boxes over.
    public func poses(in image: Image, of objects: [Detection]) throws(InferenceError) -> [Pose] {
        isTopDown ? try model.poses(in: image, of: objects) : try poses(in: image)
    }
}
