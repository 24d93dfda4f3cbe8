import ApusTracking
import ArgumentParser

struct RunsCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fsck", abstract: "Find damage in the store, and mend it.",
        discussion: """
              apus runs fsck
              apus runs fsck --repair

            --repair mends what can be mended and keeps what it replaces beside the store.

            Exit status: 0 sound or warnings only, 1 damage was found, or is left after --repair, 2 there is no store.
            """)

    @Flag(help: "Mend what can be mended.") var repair = false
    @Flag(help: "Print one JSON object.") var json = false
    @OptionGroup var common: CommonOptions
    @OptionGroup var places: StoreOptions

    func run() throws {
        let store = try places.open()
        let repairs = repair ? try store.repair() : []
        let findings = store.check()
        if json {
            try printJSON(Report(findings, repairs))
        } else {
            for repair in repairs where !common.quiet { print("mended: \(repair)") }
            for finding in findings { print(finding) }
            if findings.isEmpty, !common.quiet { print("sound") }
        }
        if findings.contains(where: { $0.severity == .error }) { throw ExitCode(1) }
    }

    private struct Report: Encodable {
        struct Finding: Encodable {
            var severity, path, problem: String
        }

        struct Repair: Encodable {
            var path, problem, remedy: String
            var keptAt: String?

            enum CodingKeys: String, CodingKey {
                case path, problem, remedy
                case keptAt = "kept_at"
            }
        }

        var findings: [Finding]
        var repairs: [Repair]

        init(_ findings: [StoreFinding], _ repairs: [StoreRepair]) {
            self.findings = findings.map {
                Finding(severity: $0.severity.rawValue, path: $0.path, problem: $0.problem)
            }
            self.repairs = repairs.map {
                Repair(path: $0.path, problem: $0.problem, remedy: $0.remedy, keptAt: $0.keptAt)
            }
        }
    }
}
