import ApusCore
import ApusModels
import ApusDigest
import ApusONNX
import ApusRegistry
import ApusRuntime
import ApusTorch
import ApusVision
import Testing

@testable import ApusExport

@Suite(.serialized) struct ModelExporterTests {
    private let detector = TinyDetector.make()
    private let exporter = ModelExporter(description: TinyDetector.description())

    @Test(arguments: [false, true])
    func `the export computes what LibTorch computes`(hasDynamicSize: Bool) throws {
        var exporter = exporter
        exporter.hasDynamicSize = hasDynamicSize
        let session = try Session(model: try exporter.model(of: detector))
        let report = try ParityCheck(description: TinyDetector.description())(
            detector, session, images: TinyDetector.images())
        #expect(report.largestDifference < 1e-4)
        #expect(report.imageCount == 3 && report.boxes.total > 10 && report.boxes.fraction == 1)
    }

    @Test(arguments: [(64, 64, 1), (128, 96, 2), (32, 160, 3)])
    func `a model of dynamic size takes any batch and size`(width: Int, height: Int, batch: Int) throws {
        var exporter = exporter
        exporter.hasDynamicSize = true
        let session = try Session(model: try exporter.model(of: detector))
        var random = RandomStream(seed: 2)
        let shape: Shape = [batch, 3, height, width]
        let pixels = NDArray((0..<shape.count).map { _ in random.uniform() }, shape: shape)
        let expected = try detector.predict(Tensor(pixels)).array()
        let found = try #require(try session.run(["images": pixels])["output0"])
        #expect(found.shape == expected.shape)
        let largest = zip(found.elements(of: Float.self), expected.elements()).map { abs($0 - $1) }.max() ?? 0
        #expect(largest < 0.01, "in pixels")
    }

    @Test func `the same weights give the same bytes`() throws {
        #expect(try exporter.model(of: TinyDetector.make()).encoded() == exporter.model(of: detector).encoded())
        #expect(try exporter.model(of: TinyDetector.make(seed: 4)).encoded() != exporter.model(of: detector).encoded())
    }

    @Test func `normalization and loose arithmetic are folded away`() throws {
        let model = try exporter.model(of: detector)
        try Checker.check(model)
        let operators = GraphSummary(model).operators
        #expect(operators["BatchNormalization"] == nil && operators["Range"] == nil && operators["Identity"] == nil)
        #expect(model.opset == 17 && model.irVersion == 8)
        #expect(model.graph.inputs == [ValueInfo("images", .float32, shape: ["batch", 3, 64, 96])])
        #expect(model.graph.outputs == [ValueInfo("output0", .float32, shape: ["batch", 7, 126])])
        #expect(model.graph.initializers["model.0.conv.weight"]?.shape == [8, 3, 3, 3])
    }

    @Test func `a version folder holds all that people and MLflow need`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/tiny/1"
        let card = ModelCard(
            metrics: [.init("mAP50", 0.8125)], evaluation: "Split test.", data: [.init("dataset", "Noise")])
        let report = try exporter.export(
            detector, card: card, images: TinyDetector.images(), runID: "run1", to: path)
        #expect(report.passes)
        #expect(
            try FileSystem.names(in: path) == [
                "MLmodel", "README.html", "README.md", "SHA256SUMS", "card.yaml", "conda.yaml", "labels.txt",
                "model.onnx", "python_env.yaml", "requirements.txt",
            ])
        let model = try Model(contentsOf: path + "/model.onnx")
        #expect(try ModelDescription(metadata: model.metadata) == TinyDetector.description())
        #expect(try FileSystem.readText(path + "/labels.txt") == "shirt\nshoe\nbag\n")
        let readme = try FileSystem.readText(path + "/README.md")
        #expect(readme.hasPrefix("# tiny, version 1\n") && readme.contains("| mAP50 | 0.8125 |"))
        #expect(readme.contains("## Limits\n\nNot stated.") && readme.contains("apus-infer predict tiny/1 "))
        #expect(try #require(try ChecksumList(in: path)).digests.keys.sorted() == ["labels.txt", "model.onnx"])
        let mlModel = try FileSystem.readText(path + "/MLmodel")
        #expect(mlModel.contains("run1") && mlModel.contains("[-1, 3, 64, 96]"))
        #expect(throws: ExportError.versionExists(folder: path)) {
            try exporter.export(detector, card: card, images: TinyDetector.images(), to: path)
        }
    }

    @Test func `an export that fails its proof leaves nothing`() throws {
        let folder = try TemporaryFolder()
        var strict = exporter
        strict.tolerance = 0
        #expect(throws: ExportError.self) {
            try strict.export(detector, card: ModelCard(), images: TinyDetector.images(), to: folder.path + "/tiny/1")
        }
        #expect(throws: ExportError.noImages) {
            try exporter.export(detector, card: ModelCard(), images: [], to: folder.path + "/tiny/1")
        }
        #expect(try FileSystem.names(in: folder.path + "/tiny").isEmpty)
    }

    @Test func `other weights fail the proof`() throws {
        let session = try Session(model: try exporter.model(of: TinyDetector.make(seed: 4)))
        let error = #expect(throws: ExportError.self) {
            try ParityCheck(description: TinyDetector.description())(
                detector, session, images: TinyDetector.images())
        }
        guard case .parity(let report) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(report.largestDifference > 1e-3)
    }

    @Test func `a description that does not fit the network is refused`() {
        var description = TinyDetector.description()
        description.labels.removeLast()
        #expect(throws: ExportError.classCount(model: 3, labels: 2)) {
            try ModelExporter(description: description).model(of: detector)
        }
        #expect(throws: ExportError.imageSize(width: 100, height: 64, multipleOf: 32)) {
            try ModelExporter(description: TinyDetector.description(width: 100)).model(of: detector)
        }
    }
}
