import ApusRegistry
import ApusTracking
import ArgumentParser

struct ModelsShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a model with its versions, or all that is known of a version.",
        discussion: """
            Of a version: its files with sizes and digests, inputs, outputs, classes, metrics, and where it comes from: \
            run, dataset version, git commit, gates. The files are held to the digests that were taken when it was \
            registered.

              apus models show garments
              apus models show garments@champion
              apus models show garments/3 --json

            Exit status: 0 done, 1 the files are gone or not as they were registered, 2 no such model.
            """)

    @Argument(help: "NAME, NAME@ALIAS or NAME/VERSION.") var model: String
    @Flag(help: "Print one JSON object.") var json = false
    @OptionGroup var places: PlaceOptions

    func run() throws {
        let registry = ModelRegistry(try places.quickStore())
        let subject = try ModelSubject(model, in: registry)
        guard let number = subject.version else { return try show(subject.name, in: registry) }
        let record = VersionRecord(try registry.version(number, of: subject.name), in: registry)
        if json { try printJSON(VersionReport(record)) } else { print(VersionText(record).text) }
        if !record.problems.isEmpty { throw ExitCode(1) }
    }

    private func show(_ name: String, in registry: ModelRegistry) throws {
        let (model, versions) = (try registry.model(named: name), try registry.versions(of: name))
        var moves: [String: [AliasMove]] = [:]
        for alias in model.aliases.keys { moves[alias] = try registry.history(of: alias, model: name) }
        if json { return try printJSON(RegisteredModelRecord(model, moves: moves, versions: versions)) }
        print(
            ([heading(model)] + [versionTable(versions)] + [history(moves)].compactMap { $0 }).joined(separator: "\n\n")
        )
    }

    private func heading(_ model: RegisteredModel) -> String {
        let shown = model.tags.filter { !$0.key.hasPrefix("apus.alias.") }.sorted { $0.key < $1.key }
        let facts =
            [("description", model.description), ("registered", timeText(model.creationTime))]
            + shown.map { ("tag \($0.key)", $0.value) }
        return TextBlock(model.name, facts.filter { !$0.1.isEmpty }).text
    }

    private func versionTable(_ versions: [ModelVersion]) -> String {
        guard !versions.isEmpty else { return "no version" }
        return table(
            ["version", "aliases", "stage", "run", "registered", "description"],
            versions.map {
                [
                    "\($0.version)", $0.aliases.joined(separator: " "), $0.stage.rawValue,
                    String($0.runID?.prefix(8) ?? "–"), timeText($0.creationTime), firstLine($0.description),
                ]
            })
    }

    private func history(_ moves: [String: [AliasMove]]) -> String? {
        let rows = moves.sorted { $0.key < $1.key }.flatMap { alias, moves in
            moves.map { move in
                [
                    timeText(move.time), alias, move.from.map(String.init) ?? "–", move.to.map(String.init) ?? "–",
                    move.user, move.reason,
                ]
            }
        }
        return rows.isEmpty ? nil : table(["moved", "alias", "from", "to", "by", "because"], rows)
    }
}

func firstLine(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    return line.count > 60 ? line.prefix(59) + "…" : line
}

/// A title and facts below it, their names in one column.
struct TextBlock {
    var title: String
    var facts: [(String, String)]

    init(_ title: String, _ facts: [(String, String)]) { (self.title, self.facts) = (title, facts) }

    var text: String {
        let width = facts.map(\.0.count).max() ?? 0
        let lines = facts.map { name, value in
            let indented = value.split(whereSeparator: \.isNewline).joined(separator: "\n" + spaces(width + 4))
            return "  " + name + spaces(width - name.count + 2) + indented
        }
        return ([Terminal().bold(title)] + lines).joined(separator: "\n")
    }

    private func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }
}

/// All that is known of a version, for people.
private struct VersionText {
    let record: VersionRecord

    init(_ record: VersionRecord) { self.record = record }

    var text: String {
        let blocks = [about, origin, model, metrics, files, problems]
        return blocks.filter { !$0.facts.isEmpty }.map(\.text).joined(separator: "\n\n")
    }

    private var about: TextBlock {
        let version = record.version
        let tags = version.tags.sorted { $0.key < $1.key }.map { ("tag \($0.key)", $0.value) }
        let facts =
            [
                ("aliases", version.aliases.joined(separator: " ")),
                ("stage", version.stage == .none ? "" : version.stage.rawValue),
                ("registered", timeText(version.creationTime)), ("description", version.description),
                ("folder", record.model?.folder ?? version.folder),
            ] + tags
        return TextBlock(record.reference, facts.filter { !$0.1.isEmpty })
    }

    private var origin: TextBlock {
        let lineage = record.lineage
        var facts: [(String, String)] = []
        if let run = lineage.run {
            facts.append(("run", "\(run.id) “\(run.name)”, experiment \(run.experiment), \(run.status)"))
        }
        facts += lineage.datasets.map { ("dataset", "\($0.name) \($0.digest)" + ($0.context.map { ", \($0)" } ?? "")) }
        if let code = lineage.code {
            facts.append(
                (
                    "commit",
                    code.commit + (code.branch.map { " on \($0)" } ?? "") + (code.isDirty ? ", with changes" : "")
                ))
        }
        if let weights = lineage.weights { facts.append(("weights", weights)) }
        facts += lineage.gates.prefix(5).map { gate in
            (
                "gate",
                "\(gate.verdict)\(gate.baseline.map { " against \($0)" } ?? ""), \(timeText(gate.time)), run \(gate.run)"
            )
        }
        return TextBlock("comes from", facts)
    }

    private var model: TextBlock {
        guard let facts = record.facts else { return TextBlock("model", []) }
        let (graph, use) = (facts.graph, facts.use)
        var lines = [("task", use?.task ?? "not stated: apus-infer run takes arrays")]
        lines += graph.inputs.map { ("input", $0.description) } + graph.outputs.map { ("output", $0.description) }
        lines.append(("parameters", "\(graph.parameterCount)"))
        if let labels = use?.labels, !labels.isEmpty {
            lines.append(("classes", "\(labels.count): " + labels.prefix(100).joined(separator: ", ")))
        }
        let images = (use?.preprocessing ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        if !images.isEmpty { lines.append(("images", images.joined(separator: ", "))) }
        return TextBlock("model", lines)
    }

    private var metrics: TextBlock {
        let overall = record.metrics.filter { name, _ in
            let parts = name.split(separator: "/")
            return parts.count == 2 && ["best", "test"].contains(parts[0])
        }
        return TextBlock("metrics", overall.sorted { $0.key < $1.key }.map { ($0.key, fixed($0.value, 4)) })
    }

    private var files: TextBlock {
        TextBlock("files", record.files.map { ($0.name, "\($0.sha256)  \($0.bytes) bytes") })
    }

    private var problems: TextBlock { TextBlock("problems", record.problems.map { ("", $0) }) }
}
