import ApusConfiguration
import ApusCore
import ApusModels
import ApusNN
import Testing

private let modelFolder = FileSystem.folder(of: #filePath) + "/../../models"

@Suite(.serialized) struct ModelRegistryTests {
    static let scales = ["n", "s", "m", "l", "x"]

    private func configuration(_ architecture: String, _ scale: String) -> ModelConfiguration {
        ModelConfiguration(architecture: architecture, scale: scale)
    }

    /// The published sizes of the family: 80 classes and masks, one class of 17 keypoints, 1000 classes of images.
    @Test(arguments: zip(scales, [3_409_968, 11_821_056, 27_285_968, 45_997_728, 71_827_888]))
    func `segmenters have exactly the published number of parameters`(scale: String, count: Int) throws {
        let model = try ModelRegistry.makeSegmenter(configuration("v8-segment", scale), classCount: 80, seed: 0)
        #expect(model.parameterCount == count)
    }

    @Test(arguments: zip(scales, [3_295_470, 11_626_046, 26_464_462, 44_489_196, 69_491_724]))
    func `pose networks have exactly the published number of parameters`(scale: String, count: Int) throws {
        let model = try ModelRegistry.makePoseEstimator(
            configuration("v8-pose", scale), classCount: 1, keypointCount: 17, seed: 0)
        #expect(model.parameterCount == count)
    }

    @Test(arguments: zip(scales, [2_719_288, 6_361_736, 17_053_336, 37_480_744, 57_422_840]))
    func `classifiers have exactly the published number of parameters`(scale: String, count: Int) throws {
        let model = try ModelRegistry.makeClassifier(configuration("v8-classify", scale), classCount: 1000, seed: 0)
        #expect(model.parameterCount == count)
    }

    @Test func `tasks share the trunk and its initial weights, and keys are those of the family`() throws {
        let detector = V8Detector(classCount: 3, seed: 7).stateDictionary()
        let others: [(Module, [String])] = [
            (
                V8Segmenter(classCount: 3, seed: 7),
                ["cv4.0.0.conv.weight", "proto.cv1.conv.weight", "proto.upsample.bias", "proto.cv3.bn.weight"]
            ),
            (V8PoseEstimator(classCount: 3, keypointCount: 5, seed: 7), ["cv4.2.2.weight", "cv4.1.1.bn.bias"]),
            (V8OrientedDetector(classCount: 3, seed: 7), ["cv4.1.2.bias"]),
        ]
        for (model, keys) in others {
            let state = model.stateDictionary()
            for (name, tensor) in detector where !name.contains("num_batches") {
                #expect(state[name]?.array() == tensor.array(), "\(name)")
            }
            for key in keys { #expect(state["model.22." + key] != nil, "\(key)") }
        }
        let classifier = V8Classifier(classCount: 3).stateDictionary()
        for key in ["model.8.cv1.conv.weight", "model.9.conv.conv.weight", "model.9.linear.bias"] {
            #expect(classifier[key] != nil, "\(key)")
        }
    }

    @Test func `every model file builds its network`() throws {
        let files = try FileSystem.names(in: modelFolder).filter { $0.hasSuffix(".yaml") }
        #expect(files.count > 30)
        for file in files {
            let configuration = try Configuration.decode(ModelConfiguration.self, path: modelFolder + "/" + file)
            #expect(configuration.problems().isEmpty, "\(file)")
            #expect(configuration.task != nil, "\(file)")
        }
    }

    @Test func `every architecture has a task and one name`() {
        let names = ModelRegistry.architectures.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(Set(ModelRegistry.architectures.map(\.task)) == Set(ModelTask.allCases))
        #expect(ModelRegistry.task(of: "resnet50") == .classify && ModelRegistry.task(of: "v9") == nil)
    }

    @Test func `a bad model file says what is known`() {
        #expect(throws: ModelError.unknownScale("q", known: Self.scales)) {
            try ModelConfiguration(scale: "q").v8Scale()
        }
        #expect(throws: ModelError.unknownArchitecture("v9", known: ["v8-detect"])) {
            try ModelRegistry.makeDetector(ModelConfiguration(architecture: "v9", scale: "n"), classCount: 1, seed: 0)
        }
        #expect(throws: ModelError.self) { try ModelConfiguration(width: 0.5).v8Scale() }
        #expect(throws: ModelError.self) { try ModelConfiguration(scale: "n", width: 0.5).v8Scale() }
        let simcc = ModelConfiguration(architecture: "simcc", backbone: "resnet18")
        #expect(simcc.problems().isEmpty)
        let wrong: [ModelConfiguration] = [
            .init(architecture: "resnet18", scale: "n"),
            .init(architecture: "v8-pose", scale: "n", backbone: "resnet18"),
            .init(architecture: "simcc"), .init(architecture: "simcc", backbone: "resnet19"),
            .init(architecture: "v8-obb"),
            .init(architecture: "simcc", backbone: "resnet18", inputWidth: 100), .init(architecture: "resnet19"),
        ]
        for configuration in wrong { #expect(!configuration.problems().isEmpty, "\(configuration)") }
    }
}
