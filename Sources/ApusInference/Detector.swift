import ApusCore
import ApusONNX
import ApusRuntime
import ApusVision

/// Finds objects in images with an exported detector. How images are fed and what classes there are, the file says.
///
///     let detector = try Detector(contentsOf: "models/garments/1/model.onnx")
///     let detections = try detector.detections(in: Image(contentsOf: "shop.jpg"))
public final class Detector: DescribedModel {
    public struct Options: Hashable, Sendable {
        /// Detections that do not score above this are left out.
        public var confidenceThreshold: Float
        /// Of two boxes of a class that overlap more than this, the lesser falls.
        public var iouThreshold: Float
        public var maximumDetections: Int
        public var threads: Int

        public init(
            confidenceThreshold: Float = 0.25, iouThreshold: Float = 0.7, maximumDetections: Int = 300,
            threads: Int = availableCores
        ) {
            (self.confidenceThreshold, self.iouThreshold) = (confidenceThreshold, iouThreshold)
            (self.maximumDetections, self.threads) = (maximumDetections, threads)
        }
    }

    private let model: ImageModel
    public let description: ModelDescription

    public init(model: Model, file: String, options: Options = .init()) throws(InferenceError) {
        (description, self.model) = try ImageModel.described(model, file: file, tasks: [.detect], options)
    }

    /// What is in the image, best first; boxes in its pixels.
    public func detections(in image: Image) throws(InferenceError) -> [Detection] {
        guard case .detections(let detections) = try model.result(for: image) else { return [] }
        return detections
    }
}

/// A model that says itself how it is used, for one task.
public protocol DescribedModel: Sendable {
    var description: ModelDescription { get }

    /// - Parameter file: what errors call the model.
    init(model: Model, file: String, options: Detector.Options) throws(InferenceError)
}

extension DescribedModel {
    public init(contentsOf path: String, options: Detector.Options = .init()) throws(InferenceError) {
        try self.init(model: try Model.read(path), file: path, options: options)
    }

    public var labels: LabelMap { LabelMap(names: description.labels) }
}

extension ImageModel {
    /// A model that says itself how it is used, for one of `tasks`.
    static func described(
        _ model: Model, file: String, tasks: [ModelDescription.Task], _ options: Detector.Options
    ) throws(InferenceError) -> (ModelDescription, ImageModel) {
        let description = try model.description(for: tasks, file: file)
        var sidecar = Sidecar(description)
        sidecar.thresholds = Thresholds(
            confidence: options.confidenceThreshold, iou: options.iouThreshold, maximum: options.maximumDetections)
        let session = try Session(model, file: file, threads: options.threads)
        return (description, try ImageModel(session, sidecar, file: file))
    }
}

extension Model {
    /// The description that the model carries.
    func description(for tasks: [ModelDescription.Task], file: String) throws(InferenceError) -> ModelDescription {
        let description: ModelDescription
        do throws(ModelDescriptionError) {
            description = try ModelDescription(metadata: metadata)
        } catch { throw .description(file: file, error) }
        guard tasks.contains(description.task) else {
            throw .task(file: file, expected: tasks[0], found: description.task)
        }
        return description
    }
}
