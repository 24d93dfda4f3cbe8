import ApusCore
import ApusONNX
import ApusVision

/// Finds objects and their pixels in images with an exported model.
///
///     let segmenter = try Segmenter(contentsOf: "models/cells/1/model.onnx")
///     for cell in try segmenter.segments(in: image) { print(cell.mask.area) }
public final class Segmenter: DescribedModel {
    private let model: ImageModel
    public let description: ModelDescription

    public init(model: Model, file: String, options: Detector.Options = .init()) throws(InferenceError) {
        (description, self.model) = try ImageModel.described(model, file: file, tasks: [.segment], options)
    }

    /// What is in the image, best first; boxes and masks in its pixels.
    public func segments(in image: Image) throws(InferenceError) -> [Segment] {
        guard case .segments(let segments) = try model.result(for: image) else { return [] }
        return segments
    }
}
