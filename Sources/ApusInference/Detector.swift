import ApusCore
import ApusONNX
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
    private let decoder: DetectionDecoder

    public var description: ModelDescription { model.description }
    public var labels: LabelMap { LabelMap(names: description.labels) }

    public convenience init(contentsOf path: String, options: Options = .init()) throws(InferenceError) {
        try self.init(model: try Model.read(path), file: path, options: options)
    }

    /// - Parameter file: what errors call the model.
    public init(model: Model, file: String, options: Options = .init()) throws(InferenceError) {
        self.model = try ImageModel(model, file: file, task: .detect, threads: options.threads)
        decoder = DetectionDecoder(
            classCount: self.model.description.labels.count, confidenceThreshold: options.confidenceThreshold,
            iouThreshold: options.iouThreshold, maximumDetections: options.maximumDetections)
    }

    /// What is in the image, best first; boxes in its pixels.
    public func detections(in image: Image) throws(InferenceError) -> [Detection] {
        let letterbox = Letterbox(description.input.letterbox, imageWidth: image.width, imageHeight: image.height)
        let output = try model.run(letterbox.apply(image))
        let rows = 4 + decoder.classCount
        guard output.shape.rank == 3, output.shape[0] == 1, output.shape[1] == rows else {
            throw .signature(
                file: model.file, expected: "an output of [1, \(rows), anchors]", found: "\(output.shape)")
        }
        let found = output.withElements(of: Float.self) { decoder.decode($0, anchors: output.shape[2]) }
        return found.compactMap { detection in
            let box = letterbox.toImage(detection.box)
            // A box wholly on the padding has nothing left.
            return box.area > 0 ? Detection(box, label: detection.label, score: detection.score) : nil
        }
    }
}
