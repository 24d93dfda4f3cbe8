import ApusCore
import ApusONNX
import ApusVision

/// The predictor that a model's own description asks for.
public enum Predictor: Sendable {
    case detector(Detector)
    case classifier(Classifier)

    public init(contentsOf path: String, options: Detector.Options = .init()) throws(InferenceError) {
        let model = try Model.read(path)
        let description: ModelDescription
        do throws(ModelDescriptionError) {
            description = try ModelDescription(metadata: model.metadata)
        } catch { throw .description(file: path, error) }
        switch description.task {
        case .classify: self = .classifier(try Classifier(model: model, file: path, threads: options.threads))
        case .detect, .segment, .pose: self = .detector(try Detector(model: model, file: path, options: options))
        }
    }

    public var description: ModelDescription {
        switch self {
        case .detector(let detector): detector.description
        case .classifier(let classifier): classifier.description
        }
    }

    public func result(for image: Image) throws(InferenceError) -> Prediction.Result {
        switch self {
        case .detector(let detector): .detections(try detector.detections(in: image))
        case .classifier(let classifier): .classifications(try classifier.classifications(in: image))
        }
    }
}
