import ApusTracking
import ArgumentParser

struct RunsShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a run: what went in, what came out, what was made of it.",
        discussion: "  apus runs show latest\n\nExit status: 0 done, 2 there is no such run.")

    @Argument(help: ArgumentHelp("A run: an id, the start of one, a name, or latest.", valueName: "run"))
    var reference: String
    @Flag(help: "Print one JSON object.") var json = false
    @OptionGroup var common: CommonOptions
    @OptionGroup var places: StoreOptions

    func run() throws {
        let store = try places.open()
        let run = try store.run(matching: reference, view: .all)
        let facts = try RunFacts(run, in: store)
        if json { try printJSON(facts) } else { print(facts.text) }
    }
}

/// Everything that there is to say about a run.
private struct RunFacts: Encodable {
    let summary: RunSummary
    let datasets: [DatasetInput]
    let children: [RunSummary]
    let models: [LoggedModel]
    let versions: [ModelVersion]
    let artifacts: [String]
    let artifactPath: String

    init(_ run: Run, in store: TrackingStore) throws {
        summary = try store.summary(of: run)
        datasets = (try? run.datasets()) ?? []
        children = try store.children(of: [run])
        models = (try? run.models()) ?? []
        let registry = ModelRegistry(store)
        versions = registry.names().flatMap { (try? registry.versions(of: $0)) ?? [] }.filter { $0.runID == run.id }
        artifacts = (try? run.artifacts()) ?? []
        artifactPath = run.artifactPath
    }

    // MARK: Text

    var text: String { (head + [metrics, parameters, tags, files]).joined(separator: "\n") }

    private var head: [String] {
        var lines = [
            "run \(summary.id), \(summary.name), of \(summary.experimentName)",
            "\(summary.shownStatus), started \(summary.shownStart), took \(summary.shownDuration)",
        ]
        if summary.isDeleted { lines.append("deleted; 'apus runs restore \(summary.shortID)' brings it back") }
        if let note = summary.tags[RunTag.note] { lines.append(note) }
        if let commit = summary.tags[RunTag.gitCommit] {
            let state = summary.tags[RunTag.gitDirty] == "true" ? ", with uncommitted changes" : ""
            lines.append("git \(commit.prefix(12))\(summary.tags[RunTag.gitBranch].map { " (\($0))" } ?? "")\(state)")
        }
        for dataset in datasets {
            lines.append("dataset \(dataset.name) \(dataset.digest)\(dataset.context.map { " (\($0))" } ?? "")")
        }
        for model in models { lines.append("model \(model.name) \(model.id)") }
        for version in versions {
            lines.append(
                "registered as \(version.name)/\(version.version)" + version.aliases.map { " @\($0)" }.joined())
        }
        if let parent = summary.tags[RunTag.parentRun] { lines.append("nested in run \(parent)") }
        for child in children { lines.append("holds run \(child.shortID) \(child.name), \(child.shownStatus)") }
        return lines + summary.problems.map { "! \($0)" }
    }

    private var metrics: String {
        let rows = summary.metrics.sorted { $0.key < $1.key }
        return "\n"
            + table(
                ["metric", "step", "value"], rows.map { [$0.key, "\($0.value.step)", significant($0.value.value)] })
    }

    private var parameters: String {
        "\n" + table(["parameter", "value"], rows(summary.parameters))
    }

    private var tags: String { "\n" + table(["tag", "value"], rows(summary.tags)) }

    private func rows(_ values: [String: String]) -> [[String]] {
        values.sorted { $0.key < $1.key }.map { [$0.key, shortened($0.value, 120)] }
    }

    private var files: String {
        (["\nartifacts in \(artifactPath)"] + artifacts.map { "  " + $0 }).joined(separator: "\n")
    }

    // MARK: JSON

    private enum Keys: String, CodingKey {
        case datasets, children, models, versions, artifacts
        case artifactPath = "artifact_path"
    }

    private struct Dataset: Encodable {
        var name, digest: String
        var context: String?
    }

    func encode(to encoder: any Encoder) throws {
        try RunRecord(summary).encode(to: encoder)
        var container = encoder.container(keyedBy: Keys.self)
        let inputs = datasets.map { Dataset(name: $0.name, digest: $0.digest, context: $0.context) }
        try container.encode(inputs, forKey: .datasets)
        try container.encode(children.map(\.id), forKey: .children)
        try container.encode(models.map(\.id), forKey: .models)
        try container.encode(versions.map { "\($0.name)/\($0.version)" }, forKey: .versions)
        try container.encode(artifacts, forKey: .artifacts)
        try container.encode(artifactPath, forKey: .artifactPath)
    }
}
