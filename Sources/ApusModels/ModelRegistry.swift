import ApusNN

/// What a network is for.
public enum ModelTask: String, Codable, CaseIterable, Sendable {
    case classify, detect, segment, pose, obb
    /// The keypoints of one object that fills the image.
    case keypoints

    public var hasKeypoints: Bool { self == .pose || self == .keypoints }
}

/// The architectures that a model file can name. A new one is a file of its own and a line here.
public enum ModelRegistry {
    /// Makes a network of a kind that tells classes apart, its initial weights a function of the seed.
    public typealias Builder<Network> =
        @Sendable (ModelConfiguration, _ classCount: Int, _ seed: UInt64) throws(ModelError) -> Network
    public typealias Entry<Network> = (name: String, build: Builder<Network>)

    public static let detectors: [Entry<any Detector>] = [
        (
            "v8-detect",
            { (configuration, classCount, seed) throws(ModelError) in
                V8Detector(scale: try configuration.v8Scale(), classCount: classCount, seed: seed)
            }
        )
    ]

    public static let segmenters: [Entry<any ObjectNetwork<SegmentationOutput>>] = [
        (
            "v8-segment",
            { (configuration, classCount, seed) throws(ModelError) in
                V8Segmenter(scale: try configuration.v8Scale(), classCount: classCount, seed: seed)
            }
        )
    ]

    public static let orientedDetectors: [Entry<any ObjectNetwork<OrientedOutput>>] = [
        (
            "v8-obb",
            { (configuration, classCount, seed) throws(ModelError) in
                V8OrientedDetector(scale: try configuration.v8Scale(), classCount: classCount, seed: seed)
            }
        )
    ]

    public typealias PoseBuilder =
        @Sendable (ModelConfiguration, _ classCount: Int, _ keypointCount: Int, _ seed: UInt64) throws(ModelError) ->
        any ObjectNetwork<PoseOutput>

    public static let poseEstimators: [(name: String, build: PoseBuilder)] = [
        (
            "v8-pose",
            { (configuration, classCount, keypointCount, seed) throws(ModelError) in
                V8PoseEstimator(
                    scale: try configuration.v8Scale(), classCount: classCount, keypointCount: keypointCount,
                    seed: seed)
            }
        )
    ]

    public typealias KeypointBuilder =
        @Sendable (ModelConfiguration, _ keypointCount: Int, _ seed: UInt64) throws(ModelError) -> SimCC

    public static let keypointEstimators: [(name: String, build: KeypointBuilder)] = [
        (
            "simcc",
            { (configuration, keypointCount, seed) throws(ModelError) in
                let (backbone, width, height) = try configuration.keypointNetwork()
                return SimCC(keypointCount: keypointCount, width: width, height: height, seed: seed) {
                    backbone(1, $0)
                }
            }
        )
    ]

    public typealias BackboneBuilder = @Sendable (_ classCount: Int, _ seed: UInt64) -> any ImageBackbone

    /// torchvision's networks, whose state dictionaries load unmapped: classifiers, and what other tasks build on.
    public static let backbones: [(name: String, build: BackboneBuilder)] = [
        ("resnet18", { ResNet(.resnet18, classCount: $0, seed: $1) }),
        ("resnet34", { ResNet(.resnet34, classCount: $0, seed: $1) }),
        ("resnet50", { ResNet(.resnet50, classCount: $0, seed: $1) }),
        ("resnet101", { ResNet(.resnet101, classCount: $0, seed: $1) }),
        ("mobilenet_v2", { MobileNetV2(classCount: $0, seed: $1) }),
        ("mobilenet_v3_small", { MobileNetV3(.small, classCount: $0, seed: $1) }),
        ("mobilenet_v3_large", { MobileNetV3(.large, classCount: $0, seed: $1) }),
        ("efficientnet_b0", { EfficientNet(classCount: $0, seed: $1) }),
    ]

    public static let classifiers: [Entry<any ImageClassifier>] =
        [v8Classifier] + backbones.map { classifier($0.name, $0.build) }

    private static let v8Classifier: Entry<any ImageClassifier> = (
        "v8-classify",
        { (configuration, classCount, seed) throws(ModelError) in
            V8Classifier(scale: try configuration.v8Scale(), classCount: classCount, seed: seed)
        }
    )

    private static func classifier(
        _ name: String, _ build: @escaping BackboneBuilder
    ) -> Entry<any ImageClassifier> {
        (name, { (_, classCount, seed) throws(ModelError) in build(classCount, seed) })
    }

    /// Every architecture and what it is for.
    public static let architectures: [(name: String, task: ModelTask)] =
        detectors.map { ($0.name, .detect) } + segmenters.map { ($0.name, .segment) }
        + poseEstimators.map { ($0.name, .pose) } + orientedDetectors.map { ($0.name, .obb) }
        + classifiers.map { ($0.name, .classify) } + keypointEstimators.map { ($0.name, .keypoints) }

    /// What an architecture is for; `nil` where none has the name.
    public static func task(of architecture: String) -> ModelTask? {
        architectures.first { $0.name == architecture }?.task
    }
}

extension ModelRegistry {
    /// A network of any task.
    ///
    /// - Parameter keypointCount: used by tasks with keypoints alone.
    public static func makeNetwork(
        _ configuration: ModelConfiguration, classCount: Int, keypointCount: Int, seed: UInt64
    ) throws(ModelError) -> Module {
        switch task(of: configuration.architecture) {
        case .segment: try makeSegmenter(configuration, classCount: classCount, seed: seed)
        case .pose:
            try makePoseEstimator(
                configuration, classCount: classCount, keypointCount: keypointCount, seed: seed)
        case .obb: try makeOrientedDetector(configuration, classCount: classCount, seed: seed)
        case .classify: try makeClassifier(configuration, classCount: classCount, seed: seed)
        case .keypoints: try makeKeypointEstimator(configuration, keypointCount: keypointCount, seed: seed)
        case .detect, nil: try makeDetector(configuration, classCount: classCount, seed: seed)
        }
    }
}

extension ModelRegistry {
    public static func makeDetector(
        _ configuration: ModelConfiguration, classCount: Int, seed: UInt64
    ) throws(ModelError) -> any Detector {
        try entry(configuration, detectors) { $0.name }.build(configuration, classCount, seed)
    }

    public static func makeSegmenter(
        _ configuration: ModelConfiguration, classCount: Int, seed: UInt64
    ) throws(ModelError) -> any ObjectNetwork<SegmentationOutput> {
        try entry(configuration, segmenters) { $0.name }.build(configuration, classCount, seed)
    }

    public static func makePoseEstimator(
        _ configuration: ModelConfiguration, classCount: Int, keypointCount: Int, seed: UInt64
    ) throws(ModelError) -> any ObjectNetwork<PoseOutput> {
        try entry(configuration, poseEstimators) { $0.name }.build(configuration, classCount, keypointCount, seed)
    }

    public static func makeOrientedDetector(
        _ configuration: ModelConfiguration, classCount: Int, seed: UInt64
    ) throws(ModelError) -> any ObjectNetwork<OrientedOutput> {
        try entry(configuration, orientedDetectors) { $0.name }.build(configuration, classCount, seed)
    }

    public static func makeClassifier(
        _ configuration: ModelConfiguration, classCount: Int, seed: UInt64
    ) throws(ModelError) -> any ImageClassifier {
        try entry(configuration, classifiers) { $0.name }.build(configuration, classCount, seed)
    }

    public static func makeClassifier(
        _ architecture: String, classCount: Int, seed: UInt64
    ) throws(ModelError) -> any ImageClassifier {
        try makeClassifier(ModelConfiguration(architecture: architecture), classCount: classCount, seed: seed)
    }

    public static func makeKeypointEstimator(
        _ configuration: ModelConfiguration, keypointCount: Int, seed: UInt64
    ) throws(ModelError) -> SimCC {
        try entry(configuration, keypointEstimators) { $0.name }.build(configuration, keypointCount, seed)
    }

    private static func entry<Entry>(
        _ configuration: ModelConfiguration, _ entries: [Entry], _ name: (Entry) -> String
    ) throws(ModelError) -> Entry {
        guard let entry = entries.first(where: { name($0) == configuration.architecture }) else {
            throw .unknownArchitecture(configuration.architecture, known: entries.map(name))
        }
        return entry
    }
}
