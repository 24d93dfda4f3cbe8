import ApusTracking
import ArgumentParser

struct RunsCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fsck", abstract: "Find damage in the store.",
        discussion: "  apus runs fsck\n\nExit status: 0 sound or warnings only, 1 damage was found.")

    @Flag(help: "Print a JSON array.") var json = false
    @OptionGroup var common: CommonOptions
    @OptionGroup var places: StoreOptions

    func run() throws {
        let findings = try places.open().check()
        if json {
            try printJSON(findings.map(Record.init))
        } else {
            for finding in findings { print(finding) }
            if findings.isEmpty { print("sound") }
        }
        if findings.contains(where: { $0.severity == .error }) { throw ExitCode(1) }
    }

    private struct Record: Encodable {
        var severity, path, problem: String

        init(_ finding: StoreFinding) {
            (severity, path, problem) = (finding.severity.rawValue, finding.path, finding.problem)
        }
    }
}
