import ApusCore
import ApusONNX
import ApusVision

/// A detector of 32×32 pixels that finds one box in their middle, of the first class. Its score is the mean of all
/// pixels times `score`.
///
/// - Parameter labels: `nil` makes it say nothing of itself.
public func tinyDetector(labels: [String]? = ["shirt", "boot"], score: Float = 0.5) -> Model {
    var builder = GraphBuilder(name: "tiny")
    let images = builder.input("images", shape: ["batch", 3, 32, 32])
    let mean = builder.node("ReduceMean", [images], attributes: ["axes": [1, 2, 3], "keepdims": 0])
    let weights = builder.constant(NDArray([0, 0, 0, 0, score, 0], shape: [1, 6, 1]), name: "weights")
    let boxes = builder.constant(NDArray([16, 16, 16, 8, 0, 0] as [Float], shape: [1, 6, 1]), name: "boxes")
    let output = builder.node("Add", [builder.node("Mul", [mean, weights]), boxes], output: "output")
    builder.output(output, name: "output", shape: ["batch", 6, 1])
    let description = labels.map {
        ModelDescription(
            task: .detect, labels: $0, input: .init(letterbox: .init(width: 32, height: 32)),
            detection: .init(strides: [32]))
    }
    return builder.model(opset: 17, metadata: description?.metadata ?? [:])
}
