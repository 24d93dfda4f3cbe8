import ApusConfiguration

/// A way to read a model's outputs. Its properties are the keys of a sidecar's `decode` block.
public protocol OutputFormat: Defaulted, Sendable {
    /// The block's `format`.
    var format: FormatName { get }

    /// What the outputs say of one image, in its pixels. Outputs are untrusted.
    func result(of outputs: ModelOutputs, _ context: DecodingContext) throws(InferenceError) -> Prediction.Result

    /// How much a person's box is enlarged before the model sees it; `nil` where the model sees whole images.
    var cropEnlargement: Float? { get }
}

extension OutputFormat {
    public var cropEnlargement: Float? { nil }
}

/// The formats there are. A new one: a file with a struct, a name here and a line below.
public enum FormatName: String, Codable, Sendable, CaseIterable {
    case v8
    case segment = "v8-segment"
    case oriented = "v8-obb"
    case yolox, nanodet, ssd, yunet, detr, detections, selected, classifier, simcc, semantic

    var format: any OutputFormat.Type {
        switch self {
        case .v8: V8Format.self
        case .segment: V8SegmentFormat.self
        case .oriented: V8OrientedFormat.self
        case .yolox: YOLOXFormat.self
        case .nanodet: NanoDetFormat.self
        case .ssd: SSDFormat.self
        case .yunet: YuNetFormat.self
        case .detr: DETRFormat.self
        case .detections: DetectionListFormat.self
        case .selected: SelectedFormat.self
        case .classifier: ClassifierFormat.self
        case .simcc: SimCCFormat.self
        case .semantic: SemanticFormat.self
        }
    }

    /// All of them, for errors.
    static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

extension ConfigurationProblem {
    /// A problem unless these are the strides of a detector's levels.
    static func strides(_ strides: [Int]) -> Self? {
        .require(
            "strides", !strides.isEmpty && strides.allSatisfy((1...16_384).contains),
            expected: "numbers from 1 to 16384", found: strides)
    }
}
