import ApusConfiguration
import ApusCore
import ApusONNX
import ApusRuntime
import ApusVision

/// Runs any vision model on images: one of ours, one that carries Ultralytics' metadata, one with a sidecar, or one
/// whose inputs and outputs tell enough.
///
///     let predictor = try Predictor(contentsOf: "yolox_nano.onnx")
///     let result = try predictor.result(for: Image(contentsOf: "street.jpg"))
public struct Predictor: Sendable {
    public struct Options: Hashable, Sendable {
        /// The sidecar; `nil` takes `MODEL.yaml` beside the model where it is there.
        public var sidecar: String?
        /// In place of the sidecar's thresholds.
        public var confidence, iou: Float?
        public var maximum: Int?
        /// In place of how many classes the sidecar lets a classifier name.
        public var top: Int?
        public var threads: Int

        public init(
            sidecar: String? = nil, confidence: Float? = nil, iou: Float? = nil, maximum: Int? = nil,
            top: Int? = nil, threads: Int = availableCores
        ) {
            (self.sidecar, self.confidence, self.iou) = (sidecar, confidence, iou)
            (self.maximum, self.top, self.threads) = (maximum, top, threads)
        }
    }

    /// Who says how the model is used.
    public enum Source: Hashable, Sendable {
        /// The metadata in the model.
        case metadata
        case sidecar(String)
        /// Its inputs and outputs; what was taken for granted.
        case signature(assumptions: [String])
    }

    public let source: Source
    private let model: ImageModel

    public var sidecar: Sidecar { model.sidecar }
    public var labels: LabelMap { LabelMap(names: sidecar.labels) }

    public init(contentsOf path: String, options: Options = .init()) throws(InferenceError) {
        let model = try Model.read(path)
        let named = try Sidecar.named(options.sidecar, beside: path, hasMetadata: model.hasOwnUse)
        let session = try Session(model, file: path, threads: options.threads)
        var sidecar: Sidecar
        if let named {
            (sidecar, source) = (named.sidecar, .sidecar(named.path))
        } else if let own = try model.ownUse(session, file: path) {
            (sidecar, source) = (own, .metadata)
        } else {
            let proposal = try SidecarProposal(session, file: path)
            (sidecar, source) = (proposal.sidecar, .signature(assumptions: proposal.assumptions))
        }
        sidecar.thresholds.override(options)
        if let top = options.top, var format = sidecar.decode as? ClassifierFormat {
            format.top = top
            sidecar.decode = format
        }
        self.model = try ImageModel(session, sidecar, file: path)
    }

    /// What the points of a pose are; `nil` where nobody says it.
    public var keypoints: KeypointLayout? { sidecar.keypoints }

    /// Whether the model looks at one object at a time, which `boxes` say.
    public var isTopDown: Bool { sidecar.decode.cropEnlargement != nil }

    public func result(for image: Image) throws(InferenceError) -> Prediction.Result {
        isTopDown ? .poses(try model.poses(in: image, of: nil)) : try model.result(for: image)
    }

    /// What a top-down model says of each object; without boxes, and for other models, of the whole image.
    public func result(for image: Image, boxes: [Detection]?) throws(InferenceError) -> Prediction.Result {
        guard isTopDown, let boxes else { return try result(for: image) }
        return .poses(try model.poses(in: image, of: boxes))
    }

    /// The result for a whole image, and how long each stage took.
    public func timedResult(
        for image: Image
    ) throws(InferenceError) -> (result: Prediction.Result, times: StageTimes) {
        try model.timedResult(for: image)
    }
}

extension Predictor {
    /// How the model is used where nobody says it, in a sentence; `nil` where somebody does.
    public var assumptions: String? {
        guard case .signature(let assumptions) = source else { return nil }
        let taken = assumptions.isEmpty ? "" : ", taking for granted \(assumptions.joined(separator: "; "))"
        return "\(model.file): no sidecar; read as \(sidecar.decode.format.rawValue) by its inputs and outputs\(taken)"
    }

    /// The sidecar as YAML, with a comment that says where it comes from.
    public func sidecarText() throws(InferenceError) -> String {
        let origin =
            switch source {
            case .metadata: "From the metadata in \(FileSystem.fileName(of: model.file))."
            case .sidecar(let file): "As \(file) says."
            case .signature: assumptions.map { "A guess. \($0)." } ?? "A guess."
            }
        do throws(ConfigurationError) {
            return "# \(origin)\n\(try sidecar.yaml())"
        } catch { throw .configuration(error) }
    }
}

extension Thresholds {
    fileprivate mutating func override(_ options: Predictor.Options) {
        confidence = options.confidence ?? confidence
        iou = options.iou ?? iou
        maximum = options.maximum ?? maximum
    }
}

extension Sidecar {
    /// Where a model's sidecar is looked for: `MODEL.yaml` beside `MODEL.onnx`.
    public static func path(beside model: String) -> String {
        (model.hasSuffix(".onnx") ? String(model.dropLast(5)) : model) + ".yaml"
    }

    /// - Parameter hasMetadata: whether the model says itself how it is used; a YAML file of another tool beside it is
    ///   passed over then.
    fileprivate static func named(
        _ path: String?, beside model: String, hasMetadata: Bool
    ) throws(InferenceError) -> (path: String, sidecar: Sidecar)? {
        let found = path ?? Self.path(beside: model)
        guard path != nil || FileSystem.exists(found) else { return nil }
        guard path != nil || !hasMetadata || isLikely(at: found) else { return nil }
        do throws(ConfigurationError) {
            return (found, try Sidecar(contentsOf: found))
        } catch { throw .configuration(error) }
    }
}

extension Model {
    fileprivate var hasOwnUse: Bool {
        metadata["apus.task"] != nil || UltralyticsMetadata(metadata) != nil
    }

    /// What the metadata say; `nil` where they say nothing.
    fileprivate func ownUse(_ session: Session, file: String) throws(InferenceError) -> Sidecar? {
        if metadata["apus.task"] != nil {
            do throws(ModelDescriptionError) {
                return Sidecar(try ModelDescription(metadata: metadata))
            } catch { throw .description(file: file, error) }
        }
        return try UltralyticsMetadata(metadata)?.sidecar(for: ModelSignature(session, file: file))
    }
}
