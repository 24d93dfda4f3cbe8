import ApusConfiguration
import ApusTracking
import ArgumentParser
import FoundationEssentials
import Glibc

/// Something that a command is about to change.
struct PlannedChange {
    var id: String
    var text: String

    init(id: String, text: String) { (self.id, self.text) = (id, text) }

    init(_ run: Run) throws { self.init(id: run.id, text: "run \(run.id.prefix(12))  \(try run.name())") }

    init(_ experiment: Experiment, note: String = "") {
        self.init(id: experiment.id, text: "experiment \(experiment.id)  \(experiment.name)\(note)")
    }
}

/// How a command changes things: after asking, or only in words.
struct ChangeOptions: ParsableArguments {
    @Flag(help: "Only say what would be done.") var dryRun = false
    @Flag(name: .shortAndLong, help: "Do not ask.") var yes = false
    @Flag(help: "Print one JSON object.") var json = false
    @OptionGroup var common: CommonOptions

    /// Does every change that can be done and says which could not.
    ///
    /// - Parameter isAsking: whether it takes a yes.
    func carryOut(
        _ verb: String, _ done: String, _ changes: [PlannedChange], asking isAsking: Bool = true,
        _ body: (PlannedChange) throws -> Void
    ) throws {
        try carryOut(
            verb, done, changes, asking: isAsking,
            together: { changes in
                changes.map { change in Result { try body(change) } }
            })
    }

    /// The same where all are done together.
    func carryOut(
        _ verb: String, _ done: String, _ changes: [PlannedChange], asking isAsking: Bool = true,
        together body: ([PlannedChange]) throws -> [Result<Void, any Error>]
    ) throws {
        if dryRun { return try report(verb, changes, failures: []) }
        if isAsking { try ask(verb, changes) }
        var succeeded = [PlannedChange](), failures = [(change: PlannedChange, problem: String)]()
        for (change, outcome) in zip(changes, try body(changes)) {
            switch outcome {
            case .success: succeeded.append(change)
            case .failure(let error): failures.append((change, "\(error)"))
            }
        }
        try report(done, succeeded, failures: failures)
        if !failures.isEmpty { throw ExitCode(1) }
    }

    /// The same for runs.
    func carryOut(
        _ verb: String, _ done: String, on runs: [Run], asking isAsking: Bool = true, _ body: (Run) throws -> Void
    ) throws {
        let byID = Dictionary(runs.map { ($0.id, $0) }) { first, _ in first }
        let changes = try runs.map { try PlannedChange($0) }
        try carryOut(verb, done, changes, asking: isAsking) { change in
            if let run = byID[change.id] { try body(run) }
        }
    }

    // MARK: Asking

    func ask(_ verb: String, _ changes: [PlannedChange]) throws {
        guard !yes, !changes.isEmpty else { return }
        guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
            throw TrackingError.refused(
                "nobody can be asked whether to \(verb) \(changes.count == 1 ? "this" : "these")",
                remedy: "say --yes, or --dry-run to see what it would be")
        }
        for change in changes.prefix(20) { Terminal.complain("  \(change.text)") }
        if changes.count > 20 { Terminal.complain("  … and \(changes.count - 20) more") }
        Terminal.writeError("\(verb) \(changes.count == 1 ? "it" : "these \(changes.count)")? [y/N] ")
        let answer = readLine()?.trimmed.lowercased()
        guard answer == "y" || answer == "yes" else {
            Terminal.complain("nothing changed")
            throw ExitCode(1)
        }
    }

    // MARK: Telling

    private func report(
        _ word: String, _ changes: [PlannedChange], failures: [(change: PlannedChange, problem: String)]
    ) throws {
        for failure in failures { Terminal.complain("apus: \(failure.problem)") }
        if json {
            return try printJSON(
                Report(
                    isDryRun: dryRun, done: changes.map(\.id),
                    failed: Dictionary(uniqueKeysWithValues: failures.map { ($0.change.id, $0.problem) })))
        }
        guard !common.quiet else { return }
        for change in changes { print("\(dryRun ? "would \(word)" : word) \(change.text)") }
    }

    private struct Report: Encodable {
        var isDryRun: Bool
        var done: [String]
        var failed: [String: String]

        enum CodingKeys: String, CodingKey {
            case done, failed
            case isDryRun = "dry_run"
        }
    }
}
