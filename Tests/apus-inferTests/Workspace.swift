import ApusCore
import ApusONNX
import ApusVision

/// A workspace with one model in two versions, an alias, and photographs.
struct Workspace {
    let folder: TemporaryFolder
    var path: String { folder.path }

    init() throws {
        folder = try TemporaryFolder()
        for version in [1, 2] {
            try FileSystem.createFolder("\(path)/models/tiny/\(version)")
            try Self.model(score: version == 1 ? 0.5 : 1).write(to: "\(path)/models/tiny/\(version)/model.onnx")
        }
        try FileSystem.createFolder("\(path)/experiments/mlruns/models/tiny/aliases")
        try FileSystem.writeWhole("2\n", to: "\(path)/experiments/mlruns/models/tiny/aliases/production")
        try FileSystem.createFolder("\(path)/models/tiny/aliases")
        try FileSystem.writeWhole("1", to: "\(path)/models/tiny/aliases/old")
        try FileSystem.createFolder("\(path)/photographs/more")
        let white = Image(width: 64, height: 64, color: [255, 255, 255])
        try FileSystem.writeWhole(white.jpegData(), to: "\(path)/photographs/a.jpg")
        try FileSystem.writeWhole(white.pngData(), to: "\(path)/photographs/more/a.png")
    }

    /// One shirt of 16×8 in the middle of 32×32 pixels; its score is the mean of all pixels times `score`.
    static func model(score: Float) throws -> Model {
        let description = ModelDescription(
            task: .detect, labels: ["shirt", "boot"], input: .init(letterbox: .init(width: 32, height: 32)),
            detection: .init(strides: [32]), name: "tiny", version: "1")
        var builder = GraphBuilder(name: "tiny")
        let images = builder.input("images", shape: ["batch", 3, 32, 32])
        let mean = builder.node("ReduceMean", [images], attributes: ["axes": [1, 2, 3], "keepdims": 0])
        let weights = builder.constant(NDArray([0, 0, 0, 0, score, 0], shape: [1, 6, 1]), name: "weights")
        let boxes = builder.constant(NDArray([16, 16, 16, 8, 0, 0] as [Float], shape: [1, 6, 1]), name: "boxes")
        let scores = builder.node("Mul", [mean, weights])
        let output = builder.node("Add", [scores, boxes], output: "head/output")
        builder.output(output, name: "head/output", shape: ["batch", 6, 1])
        return builder.model(opset: 17, metadata: description.metadata)
    }
}
