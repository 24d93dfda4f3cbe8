import ApusCore
import ApusONNX
import ApusRuntime
import ApusVision

/// Finds objects in images with an exported detector. How images are fed and what classes there are, the file says.
///
///     let detector = try Detector(contentsOf: "models/garments/1/model.onnx")
///     let detections = try detector.detections(in: Image(contentsOf: "shop.jpg"))
public final class Detector: Sendable {
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

    public var labels: LabelMap { LabelMap(names: description.labels) }

    public convenience init(contentsOf path: String, options: Options = .init()) throws(InferenceError) {
        try self.init(model: try Model.read(path), file: path, options: options)
    }

    /// - Parameter file: what errors call the model.
    public init(model: Model, file: String, options: Options = .init()) throws(InferenceError) {
        description = try model.description(for: .detect, file: file)
        var sidecar = Sidecar(description)
        sidecar.thresholds = Thresholds(
            confidence: options.confidenceThreshold, iou: options.iouThreshold, maximum: options.maximumDetections)
        self.model = try ImageModel(Session(model, file: file, threads: options.threads), sidecar, file: file)
    }

    /// What is in the image, best first; boxes in its pixels.
    public func detections(in image: Image) throws(InferenceError) -> [Detection] {
        guard case .detections(let detections) = try model.result(for: image) else { return [] }
        return detections
    }
}

extension Model {
    /// The description that the model carries.
    func description(for task: ModelDescription.Task, file: String) throws(InferenceError) -> ModelDescription {
        let description: ModelDescription
        do throws(ModelDescriptionError) {
            description = try ModelDescription(metadata: metadata)
        } catch { throw .description(file: file, error) }
        guard description.task == task else { throw .task(file: file, expected: task, found: description.task) }
        return description
    }
}
