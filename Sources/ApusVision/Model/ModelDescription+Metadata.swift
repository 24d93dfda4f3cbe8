import ApusConfiguration

/// The entries of an ONNX file's `metadata_props` that hold a description.
private enum Key {
    static let task = "apus.task"
    static let labels = "apus.labels"
    static let input = "apus.input"
    static let output = "apus.output"
    static let name = "apus.name"
    static let version = "apus.version"
    static let training = "apus.training"
    static let keypoints = "apus.keypoints"
}

extension ModelDescription {
    /// The description as ONNX metadata: plain text for task, name and version, JSON for the rest. What is empty is
    /// left out.
    public var metadata: [String: String] {
        let entries = [
            Key.task: task.rawValue, Key.labels: json(labels), Key.input: json(input), Key.output: json(detection),
            Key.name: name, Key.version: version, Key.training: json(training),
            Key.keypoints: keypoints.map { json($0) } ?? "",
        ]
        return entries.filter { !$0.value.isEmpty }
    }

    /// Reads what `metadata` wrote. Entries of other tools are ignored.
    public init(metadata: [String: String]) throws(ModelDescriptionError) {
        self.init(
            task: try Self.task(in: metadata),
            labels: try value(Key.labels, in: metadata),
            input: try value(Key.input, in: metadata),
            detection: try optionalValue(Key.output, in: metadata) ?? Detection(),
            name: metadata[Key.name] ?? "", version: metadata[Key.version] ?? "",
            training: try optionalValue(Key.training, in: metadata) ?? [:],
            keypoints: try optionalValue(Key.keypoints, in: metadata))
        if let problem = input.problem { throw .malformed(key: Key.input, reason: problem) }
        guard !labels.isEmpty else { throw .malformed(key: Key.labels, reason: "no classes") }
        guard detection.strides.allSatisfy({ (1...1024).contains($0) }) else {
            throw .malformed(key: Key.output, reason: "strides of \(detection.strides), expected 1 to 1024")
        }
        if let problem = keypoints?.problem { throw .malformed(key: Key.keypoints, reason: problem) }
        if task.needsKeypoints, keypoints == nil { throw .missing(key: Key.keypoints) }
    }

    private static func task(in metadata: [String: String]) throws(ModelDescriptionError) -> Task {
        guard let text = metadata[Key.task] else { throw .missing(key: Key.task) }
        guard let task = Task(rawValue: text) else {
            let known = Task.allCases.map(\.rawValue).joined(separator: ", ")
            throw .malformed(key: Key.task, reason: "“\(text)”, expected one of \(known)")
        }
        return task
    }
}

private func json(_ value: some Encodable) -> String { (try? Configuration.encodeJSON(value)) ?? "" }

private func value<T: Decodable>(
    _ key: String, in metadata: [String: String]
) throws(ModelDescriptionError) -> T {
    guard let value: T = try optionalValue(key, in: metadata) else { throw .missing(key: key) }
    return value
}

private func optionalValue<T: Decodable>(
    _ key: String, in metadata: [String: String]
) throws(ModelDescriptionError) -> T? {
    guard let text = metadata[key] else { return nil }
    do throws(ConfigurationError) { return try Configuration.decodeJSON(T.self, text, name: key) } catch {
        let place = error.keyPath.isEmpty ? "" : " at \(error.keyPath)"
        throw .malformed(key: key, reason: error.problem + place)
    }
}
