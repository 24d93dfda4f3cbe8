import ApusConfiguration

/// What Ultralytics' exporters, and YOLOv5's, write into an ONNX file: Python literals.
struct UltralyticsMetadata {
    enum Task: String { case detect, classify, segment, pose }

    /// In the order of their numbers.
    let names: [String]
    /// As written; YOLOv5 writes none.
    let task: String
    /// Width and height.
    let size: [Int]?
    /// How many points an object has and how many numbers a point.
    let keypoints: (count: Int, numbers: Int)?

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
                file: signature.file, expected: "a model to detect, classify, segment or pose",
                found: "one for \(task)",
                remedy: "`apus-infer run` gives its arrays")
        }
        var preprocess = Preprocessing()
        preprocess.size = signature.hasFixedSize ? nil : size ?? [640, 640]
        if task == .classify {
            return Sidecar(preprocess: classifying(preprocess, signature), decode: probabilities, labels: names)
        }
        let decode = detecting(signature, task)
        if let format = decode as? V8Format, !format.suppress { preprocess.fit = .stretch }
        return Sidecar(preprocess: preprocess, decode: decode, labels: names)
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
        let points = task == .pose ? (keypoints?.count ?? 17, keypoints?.numbers ?? 3) : (0, 3)
        let extra = task == .segment ? 32 : 0
        let rest = points.0 * points.1 + extra
        let isTable = shape.count == 2 && shape[0] != 4 + names.count + rest
        if isTable, shape[1] == 6 + rest, names.count != 2 || rest > 0 || (shape[0] ?? .max) <= 1000 {
            var format = DetectionListFormat()
            (format.keypoints, format.keypointNumbers) = points
            format.columns += Array(repeating: .other, count: extra)
            return format
        }
        var format = V8Format()
        (format.keypoints, format.keypointNumbers, format.extra) = (points.0, points.1, extra)
        format.objectness = isTable && shape[1] == 5 + names.count + rest
        if isTable, shape[1] == 4 + names.count, shape[0] == 300 {
            // RT-DETR: one box an object, in parts of the input.
            (format.coordinates, format.suppress) = (.normalized, false)
        }
        return format
    }
}
