import ApusCore
import ApusONNX
import ApusVision

/// Models small enough to check by hand: their scores are the mean of all pixels.
enum TinyModel {
    static let labels = ["shirt", "boot"]

    /// 32×32 pixels in. Anchor 0 is a shirt of 16×8 in the middle with the mean as its score, anchor 1 the same a
    /// pixel further with 0.9 of it, anchor 2 a boot of 8×8 in the upper right corner with half of it.
    static func detector(metadata: [String: String]? = nil) -> Model {
        let anchors = 16
        var (base, weight) = ([Float](repeating: 0, count: 6 * anchors), [Float](repeating: 0, count: 6 * anchors))
        for (anchor, box) in [[16, 16, 16, 8], [17, 16, 16, 8], [28, 4, 8, 8]].enumerated() {
            for (row, value) in box.enumerated() { base[row * anchors + anchor] = Float(value) }
        }
        weight[4 * anchors] = 1
        weight[4 * anchors + 1] = 0.9
        weight[5 * anchors + 2] = 0.5
        var builder = GraphBuilder(name: "tiny")
        let images = builder.input("images", shape: ["batch", 3, 32, 32])
        let mean = builder.node("ReduceMean", [images], attributes: ["axes": [1, 2, 3], "keepdims": 0])
        let weights = builder.constant(NDArray(weight, shape: [1, 6, anchors]), name: "weights")
        let boxes = builder.constant(NDArray(base, shape: [1, 6, anchors]), name: "boxes")
        let scores = builder.node("Mul", [mean, weights])
        let output = builder.node("Add", [scores, boxes])
        builder.output(output, name: "output", shape: ["batch", 6, 16])
        return builder.model(opset: 17, metadata: metadata ?? description(.detect).metadata)
    }

    /// Boots are as likely as the image is bright.
    static func classifier() -> Model {
        var builder = GraphBuilder(name: "tiny")
        let images = builder.input("images", shape: ["batch", 3, 8, 8])
        let mean = builder.node("ReduceMean", [images], attributes: ["axes": [1, 2, 3], "keepdims": 0])
        let weights = builder.constant(NDArray([-1, 1] as [Float], shape: [1, 2]), name: "weights")
        let offsets = builder.constant(NDArray([1, 0] as [Float], shape: [1, 2]), name: "offsets")
        let scaled = builder.node("Mul", [mean, weights])
        let output = builder.node("Add", [scaled, offsets])
        builder.output(output, name: "output", shape: ["batch", 2])
        return builder.model(opset: 17, metadata: description(.classify, side: 8).metadata)
    }

    /// A picture for a picture: no format reads that.
    static func mask() -> Model {
        var builder = GraphBuilder(name: "mask")
        let images = builder.input("images", shape: [1, 3, 8, 8])
        let mean = builder.node("ReduceMean", [images], attributes: ["axes": [1], "keepdims": 0])
        builder.output(mean, name: "mask", shape: [1, 8, 8])
        return builder.model(opset: 17)
    }

    static func description(_ task: ModelDescription.Task, side: Int = 32) -> ModelDescription {
        ModelDescription(
            task: task, labels: labels, input: .init(letterbox: .init(width: side, height: side)),
            detection: .init(strides: [8]), name: "tiny", version: "1")
    }
}
