import ApusCore
import ApusModels
import ApusNN
import ApusONNX
import ApusRegistry
import ApusRuntime
import ApusTorch
import ApusVision
import Testing

@testable import ApusExport

/// Every classifier, LibTorch beside our runtime.
@Suite(.serialized) struct ClassifierExportTests {
    static let names = [
        "resnet18", "resnet50", "mobilenet_v2", "mobilenet_v3_small", "mobilenet_v3_large", "efficientnet_b0",
    ]
    private let labels = ["shirt", "shoe", "bag"]

    private var description: ModelDescription {
        let input = InputSpecification(letterbox: LetterboxSpecification(width: 96, height: 96))
        return ModelDescription(task: .classify, labels: labels, input: input, name: "tiny")
    }

    private func pixels(_ batch: Int) -> NDArray {
        var random = RandomStream(seed: 5)
        let shape: Shape = [batch, 3, 96, 96]
        return NDArray((0..<shape.count).map { _ in random.uniform() }, shape: shape)
    }

    private func network(_ name: String, seed: UInt64 = 0) throws -> any ImageClassifier {
        let network = try ModelRegistry.makeClassifier(name, classCount: 3, seed: seed)
        // Fewer pictures leave channels that hardly vary, whose normalization enlarges rounding.
        network.adoptStatistics { _ = network(Tensor(pixels(24))) }
        network.setTraining(false)
        return network
    }

    @Test(arguments: names)
    func `the export computes what LibTorch computes`(name: String) throws {
        let network = try network(name)
        var graph = GraphBuilder(name: name)
        let input = graph.input("images", shape: ["batch", 3, 96, 96])
        let logits = try #require(network as? any GraphClassifier).exported(input, in: &graph)
        graph.output(logits, name: "logits", shape: ["batch", 3])
        let model = graph.model()
        try Checker.check(model)
        let found = try #require(try Session(model: model).run(["images": pixels(2)])["logits"])
        let expected = withoutGradients { network(Tensor(pixels(2))) }.array()
        let (a, b): ([Float], [Float]) = (expected.elements(), found.elements())
        let scale = max(1, a.map { abs($0) }.max() ?? 0)
        #expect(found.shape == [2, 3] && zip(a, b).allSatisfy { abs($0 - $1) <= 1e-4 * scale }, "\(a) and \(b)")
    }

    @Test func `normalization is folded away and the batch can be fixed`() throws {
        let network = try network("mobilenet_v3_small")
        let exporter = ModelExporter(description: description, hasDynamicBatch: false)
        let model = try exporter.model(of: network)
        let operators = GraphSummary(model).operators
        #expect(operators["BatchNormalization"] == nil && operators["HardSwish"] == 19 && operators["Softmax"] == 1)
        #expect(model.graph.inputs == [ValueInfo("images", .float32, shape: [1, 3, 96, 96])])
        #expect(model.graph.initializers["features.0.0.weight"]?.shape == [16, 3, 3, 3])
        #expect(try ModelDescription(metadata: model.metadata) == description)
    }

    @Test func `a folder holds a proved classifier`() throws {
        let folder = try TemporaryFolder()
        let network = try network("mobilenet_v3_small")
        let exporter = ModelExporter(description: description, tolerance: 1e-4)
        let report = try exporter.export(
            network, card: ModelCard(), images: TinyDetector.images(), to: folder.path + "/tiny")
        #expect(report.sameClass == 3 && report.imageCount == 3 && report.largestDifference < 1e-4)
        let readme = try FileSystem.readText(folder.path + "/tiny/README.md")
        #expect(readme.hasPrefix("# tiny\n") && readme.contains("3 of 3 likeliest classes agree"))
    }

    @Test func `other weights fail the proof`() throws {
        let exporter = ModelExporter(description: description)
        let session = try Session(model: try exporter.model(of: try network("mobilenet_v2", seed: 9)))
        #expect(throws: ExportError.self) {
            try ParityCheck(description: description)(
                try network("mobilenet_v2"), session, images: TinyDetector.images())
        }
    }

    @Test func `labels must be as many as the classes`() throws {
        var description = description
        description.labels.removeLast()
        #expect(throws: ExportError.classCount(model: 3, labels: 2)) {
            try ModelExporter(description: description).model(of: try network("resnet18"))
        }
    }
}
