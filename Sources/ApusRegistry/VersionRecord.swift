import ApusConfiguration
import ApusCore
import ApusDigest
import ApusTracking

/// Everything that is known of a version: from the registry, its run, and its files.
public struct VersionRecord: Sendable {
    public var version: ModelVersion
    /// Where its files are now; `nil` where they are gone.
    public var model: ResolvedModel?
    public var files: [ModelFolder.File] = []
    public var facts: ModelFacts?
    /// What is wrong with its files; empty for a sound version.
    public var problems: [String] = []
    /// The latest values of its run, measured of the weights that it holds: `best/…`, `test/…` and `val/…`.
    public var metrics: [String: Double] = [:]
    public var parameters: [String: String] = [:]
    public var lineage: ModelLineage

    public var reference: String { "\(version.name)/\(version.version)" }

    /// Reads a version; what cannot be read is told in `problems`.
    public init(_ version: ModelVersion, in registry: ModelRegistry) {
        self.version = version
        lineage = registry.lineage(of: version)
        if let run = version.runID.flatMap({ try? registry.store.run(id: $0) }) {
            let latest = (try? run.metrics()) ?? [:]
            metrics = latest.filter { Self.isOfModel($0.key) }.mapValues(\.value)
            parameters = (try? run.parameters()) ?? [:]
        }
        do {
            let model = try registry.resolve(reference)
            self.model = model
            try read(model)
        } catch { problems.append("\(error)") }
    }

    private static func isOfModel(_ metric: String) -> Bool {
        ["best/", "test/", "val/"].contains { metric.hasPrefix($0) } || !metric.contains("/")
    }

    private mutating func read(_ model: ResolvedModel) throws {
        files = try ModelFolder(model.folder).files()
        let file = try model.fileName()
        do {
            try ChecksumList.verify(model.folder, file: file, registered: model.digest)
        } catch { problems.append("\(error)") }
        facts = try ModelFacts(contentsOf: model.folder + "/" + file)
    }

    /// Figures of the graph by name.
    var graphFacts: [String: String] {
        guard let graph = facts?.graph else { return [:] }
        var figures = [
            "nodes": "\(graph.operators.values.reduce(0, +))", "parameters": "\(graph.parameterCount)",
            "parameter bytes": "\(graph.parameterBytes)", "IR version": "\(graph.irVersion)",
        ]
        for (domain, version) in graph.opsets { figures["opset \(domain)"] = "\(version)" }
        for value in graph.inputs { figures["input \(value.name)"] = value.text }
        for value in graph.outputs { figures["output \(value.name)"] = value.text }
        figures["operations"] = graph.floatingPointOperations.map(String.init)
        figures["task"] = facts?.use?.task
        return figures
    }

    /// What is no part of the model itself, or told elsewhere: labels and sidecar are classes and preprocessing.
    private static let companions: Set = [
        "README.md", "README.html", "MLmodel", ChecksumList.fileName, CardStatement.fileName, "conda.yaml",
        "python_env.yaml", "requirements.txt", "labels.txt", "model.yaml", "registered_model_meta",
    ]

    /// The model's own files by name, with size and digest.
    var modelFiles: [String: String] {
        let own = files.filter { !Self.companions.contains($0.name) }
        return Dictionary(own.map { ($0.name, "\($0.bytes) bytes, \($0.sha256.prefix(12))…") }) { first, _ in first }
    }
}
