/// The architectures that a model file can name. A new one is a file of its own and a line here.
public enum ModelRegistry {
    public typealias DetectorBuilder =
        @Sendable (ModelConfiguration, _ classCount: Int, _ seed: UInt64) throws(ModelError) ->
        any Detector

    public static let detectors: [(name: String, build: DetectorBuilder)] = [
        (
            "v8-detect",
            { (configuration, classCount, seed) throws(ModelError) in
                V8Detector(scale: try configuration.v8Scale(), classCount: classCount, seed: seed)
            }
        )
    ]

    public typealias ClassifierBuilder = @Sendable (_ classCount: Int, _ seed: UInt64) -> any ImageClassifier

    public static let classifiers: [(name: String, build: ClassifierBuilder)] = [
        ("resnet18", { ResNet(.resnet18, classCount: $0, seed: $1) }),
        ("resnet34", { ResNet(.resnet34, classCount: $0, seed: $1) }),
        ("resnet50", { ResNet(.resnet50, classCount: $0, seed: $1) }),
        ("resnet101", { ResNet(.resnet101, classCount: $0, seed: $1) }),
        ("mobilenet_v2", { MobileNetV2(classCount: $0, seed: $1) }),
        ("mobilenet_v3_small", { MobileNetV3(.small, classCount: $0, seed: $1) }),
        ("mobilenet_v3_large", { MobileNetV3(.large, classCount: $0, seed: $1) }),
        ("efficientnet_b0", { EfficientNet(classCount: $0, seed: $1) }),
    ]

    /// A classifier with initial weights that are a function of the seed.
    public static func makeClassifier(
        _ architecture: String, classCount: Int, seed: UInt64
    ) throws(ModelError) -> any ImageClassifier {
        guard let entry = classifiers.first(where: { $0.name == architecture }) else {
            throw .unknownArchitecture(architecture, known: classifiers.map(\.name))
        }
        return entry.build(classCount, seed)
    }

    /// A detector with initial weights that are a function of the seed.
    public static func makeDetector(
        _ configuration: ModelConfiguration, classCount: Int, seed: UInt64
    ) throws(ModelError) -> any Detector {
        guard let entry = detectors.first(where: { $0.name == configuration.architecture }) else {
            throw .unknownArchitecture(configuration.architecture, known: detectors.map(\.name))
        }
        return try entry.build(configuration, classCount, seed)
    }
}
