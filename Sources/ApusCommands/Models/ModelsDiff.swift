import ApusRegistry
import ApusTracking
import ArgumentParser

struct ModelsDiff: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show what sets two versions apart.",
        discussion: """
            Metrics, parameters, data, code, the graph with its operators, classes, preprocessing and files; what is \
            equal is left out. Of many metrics those that sum a version up are shown; --all shows those of each class \
            too, and --json has them always.

              apus models diff garments/1 garments/2
              apus models diff garments/1 garments/2 --all
              apus models diff garments@champion other/4 --json

            Exit status: 0 equal, 1 different, 2 no such version.
            """)

    @Argument(help: "NAME/VERSION or NAME@ALIAS.") var first: String
    @Argument(help: "NAME/VERSION or NAME@ALIAS.") var second: String
    @Flag(help: "Show every metric.") var all = false
    @Flag(help: "Print one JSON object.") var json = false
    @OptionGroup var places: PlaceOptions

    func run() throws {
        let registry = ModelRegistry(try places.quickStore())
        let sides = try [first, second].map { VersionRecord(try ModelSubject.version($0, in: registry), in: registry) }
        for problem in sides.flatMap(\.problems) { Terminal.complain("apus: \(problem)") }
        let difference = ModelDifference(sides[0], sides[1])
        if json { try printJSON(difference) } else { print(text(of: difference)) }
        if !difference.isEmpty { throw ExitCode(1) }
    }

    private func text(of difference: ModelDifference) -> String {
        guard !difference.isEmpty else { return "\(difference.a) and \(difference.b) are equal" }
        let (shown, leftOut) = all ? (difference, 0) : difference.withHeadlines()
        let tables = shown.parts.map { part in
            let hasChanges = part.rows.contains { $0.change != nil }
            let rows = part.rows.map { row in
                let cells = [row.name, row.a ?? "–", row.b ?? "–"].map(shortened)
                return cells + (hasChanges ? [row.change.map(signed) ?? ""] : [])
            }
            return table([part.title, difference.a, difference.b] + (hasChanges ? ["change"] : []), rows)
        }
        let rest = leftOut > 0 ? ["\(leftOut) more metrics differ: --all shows them"] : []
        return (tables + rest).joined(separator: "\n\n")
    }

    private func shortened(_ text: String) -> String {
        if text.count > 12, text.contains("."), let number = Double(text) { return fixed(number, 4) }
        return text.count > 48 ? text.prefix(47) + "…" : text
    }

    private func signed(_ change: Double) -> String {
        let text = change == change.rounded() && abs(change) < 1e15 ? "\(Int(change))" : fixed(change, 4)
        return change > 0 ? "+" + text : text
    }
}
