import ApusCore
import ApusONNX
import ApusVision

/// A class that a model thinks an image shows.
public struct Classification: Hashable, Sendable {
    public var label: Int
    /// Probability in `0...1`.
    public var score: Float

    public init(label: Int, score: Float) { (self.label, self.score) = (label, score) }
}

/// Tells what an image shows with an exported classifier, whose output is `[1, classes]` probabilities.
public final class Classifier: Sendable {
    private let model: ImageModel

    public var description: ModelDescription { model.description }
    public var labels: LabelMap { LabelMap(names: description.labels) }

    public convenience init(contentsOf path: String, threads: Int = availableCores) throws(InferenceError) {
        try self.init(model: try Model.read(path), file: path, threads: threads)
    }

    /// - Parameter file: what errors call the model.
    public init(model: Model, file: String, threads: Int = availableCores) throws(InferenceError) {
        self.model = try ImageModel(model, file: file, task: .classify, threads: threads)
    }

    /// The `count` likeliest classes, likeliest first; equal scores in the order of the classes.
    public func classifications(in image: Image, count: Int = 5) throws(InferenceError) -> [Classification] {
        let input = description.input.letterbox
        let output = try model.run(image.centerCropped(width: input.width, height: input.height))
        guard output.count == description.labels.count else {
            throw .signature(
                file: model.file, expected: "an output of [1, \(description.labels.count)]", found: "\(output.shape)")
        }
        let all = output.elements(of: Float.self).enumerated().map { Classification(label: $0, score: $1) }
        return Array(all.sorted { ($1.score, $0.label) < ($0.score, $1.label) }.prefix(count))
    }
}
