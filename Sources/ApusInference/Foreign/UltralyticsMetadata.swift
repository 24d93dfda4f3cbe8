import ApusConfiguration
import ApusVision

/// What Ultralytics' exporters, and YOLOv5's, write into an ONNX file: Python literals.
struct UltralyticsMetadata {
    enum Task: String { case detect, classify, segment, pose, obb }

    /// In the order of their numbers.
    let names: [String]
    /// As written; YOLOv5 writes none.
    let task: String
    /// Width and height.
    let size: [Int]?
    /// How many points an object has and how many numbers a point.
    let keypoints: (count: Int, numbers: Int)?
    /// The names of the points; newer exporters write them.
    let pointNames: [String]

    /// - Returns: `nil` where these are not such metadata.
    init?(_ metadata: [String: String]) {
        guard let text = metadata["names"], metadata["stride"] != nil || metadata["task"] != nil,
            let literal = PythonLiteral(text), let names = Self.names(literal)
        else { return nil }
        self.names = names
        task = metadata["task"] ?? "detect"
        let sides = metadata["imgsz"].flatMap { PythonLiteral($0) }?.integers
        size = sides.flatMap { sides in
            sides.isEmpty || !sides.allSatisfy(Preprocessing.sides.contains) ? nil : [sides[sides.count - 1], sides[0]]
        }
        let points = metadata["kpt_shape"].flatMap { PythonLiteral($0) }?.integers
        keypoints = points.flatMap {
            $0.count == 2 && (1...4096).contains($0[0]) && (2...3).contains($0[1]) ? ($0[0], $0[1]) : nil
        }
        pointNames = Self.pointNames(metadata["kpt_names"])
    }

    /// A list of names, for each class or once: the first counts.
    private static func pointNames(_ text: String?) -> [String] {
        guard let literal = text.flatMap({ PythonLiteral($0) }) else { return [] }
        if case .dictionary(let entries) = literal { return (entries.first?.value.elements ?? []).compactMap(\.string) }
        return (literal.elements ?? []).compactMap(\.string)
    }

    private static func names(_ literal: PythonLiteral) -> [String]? {
        if let elements = literal.elements {
            let names = elements.compactMap(\.string)
            return names.count == elements.count && !names.isEmpty ? names : nil
        }
        guard case .dictionary(let entries) = literal, !entries.isEmpty else { return nil }
        let pairs = entries.compactMap { key, value in key.integer.flatMap { index in value.string.map { (index, $0) } }
        }
        return pairs.count == entries.count ? Labels.names(numbered: pairs) : nil
    }

    /// How the exporter's own predictor feeds and reads the model.
    func sidecar(for signature: ModelSignature) throws(InferenceError) -> Sidecar {
        guard let task = Task(rawValue: task) else {
            throw .sidecar(
                file: signature.file, expected: "a model to detect, classify, segment, pose or obb",
                found: "one for \(task)",
                remedy: "`apus-infer run` gives its arrays")
        }
        var preprocess = Preprocessing()
        preprocess.size = signature.hasFixedSize ? nil : size ?? [640, 640]
        if task == .classify {
            return Sidecar(preprocess: classifying(preprocess, signature), decode: probabilities, labels: names)
        }
        let decode = task == .obb ? try turned(signature) : detecting(signature, task)
        if let format = decode as? V8Format, !format.suppress { preprocess.fit = .stretch }
        return Sidecar(
            preprocess: preprocess, decode: decode, labels: names, keypoints: task == .pose ? layout : nil)
    }

    /// The exporter's own predictor suppresses by the probabilistic measure.
    private func turned(_ signature: ModelSignature) throws(InferenceError) -> V8OrientedFormat {
        let shape = signature.outputs.first?.shape ?? []
        let isFinished = shape.count == 2 && shape[1] == 7 && (shape[0] ?? .max) <= 1000
        guard !isFinished || shape[0] == 5 + names.count else {
            throw .sidecar(
                file: signature.file, expected: "boxes at an angle [1, \(5 + names.count), anchors]",
                found: "finished rows of 7 numbers", remedy: "export the model with end2end=False and nms=False")
        }
        var format = V8OrientedFormat()
        format.overlap = .probabilistic
        return format
    }

    private var pointCount: (count: Int, numbers: Int) { keypoints ?? (17, 3) }

    /// Seventeen points without names are COCO's persons'.
    private var layout: KeypointLayout {
        let count = pointCount.count
        guard count == 17, pointNames.count != 17 else {
            return KeypointLayout(count: count, names: Array(pointNames.prefix(count)))
        }
        return .coco
    }

    private var probabilities: ClassifierFormat {
        var format = ClassifierFormat()
        format.activation = Activation.none
        return format
    }

    private func classifying(_ preprocess: Preprocessing, _ signature: ModelSignature) -> Preprocessing {
        var preprocess = preprocess
        preprocess.fit = .centerCrop
        preprocess.interpolation = .antialiased
        preprocess.resize =
            signature.height.flatMap { height in signature.width.map { max($0, height) } }
            ?? preprocess.size?.max()
        return preprocess
    }

    /// What the last extent of the output tells apart: finished rows, YOLOv5's objectness, RT-DETR, all others.
    private func detecting(_ signature: ModelSignature, _ task: Task) -> any OutputFormat {
        let shape = signature.outputs.first?.shape ?? []
        let points = task == .pose ? pointCount : (0, 3)
        let extra = task == .segment ? signature.prototypes?.count ?? 32 : 0
        let rest = points.0 * points.1 + extra
        let isTable = shape.count == 2 && shape[0] != 4 + names.count + rest
        if isTable, shape[1] == 6 + rest, names.count != 2 || rest > 0 || (shape[0] ?? .max) <= 1000 {
            var format = DetectionListFormat()
            (format.keypoints, format.keypointNumbers) = points
            format.prototypes = task == .segment ? signature.prototypes?.name : nil
            return format
        }
        if task == .segment { return V8SegmentFormat() }
        var format = V8Format()
        (format.keypoints, format.keypointNumbers) = points
        format.objectness = isTable && shape[1] == 5 + names.count + rest
        if isTable, shape[1] == 4 + names.count, shape[0] == 300 {
            // RT-DETR: one box an object, in parts of the input.
            (format.coordinates, format.suppress) = (.normalized, false)
        }
        return format
    }
}
