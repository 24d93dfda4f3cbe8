import ApusCore
import ApusONNX
import ApusRuntime
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
    public let description: ModelDescription

    public var labels: LabelMap { LabelMap(names: description.labels) }

    public convenience init(contentsOf path: String, threads: Int = availableCores) throws(InferenceError) {
        try self.init(model: try Model.read(path), file: path, threads: threads)
    }

    /// - Parameter file: what errors call the model.
    public init(model: Model, file: String, threads: Int = availableCores) throws(InferenceError) {
        description = try model.description(for: [.classify], file: file)
        var sidecar = Sidecar(description)
        var format = ClassifierFormat()
        (format.activation, format.top) = (Activation.none, description.labels.count)
        sidecar.decode = format
        self.model = try ImageModel(Session(model, file: file, threads: threads), sidecar, file: file)
    }

    /// The `count` likeliest classes, likeliest first; equal scores in the order of the classes.
    public func classifications(in image: Image, count: Int = 5) throws(InferenceError) -> [Classification] {
        guard case .classifications(let all) = try model.result(for: image) else { return [] }
        return Array(all.prefix(count))
    }
}
