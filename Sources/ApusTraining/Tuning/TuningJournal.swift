import ApusConfiguration
import ApusCore
import ApusTracking
import ApusTuning
import Foundation

/// What a search knows, in its run: `tune/trials.json` is all that going on needs; tables, metrics and tags are for
/// people.
struct TuningJournal {
    let run: Run

    static let trialsFile = "tune/trials.json"
    static let tableFile = "tune/trials.csv"
    static let tunedFile = "tuned.yaml"

    private var path: String { run.artifactPath + "/" + Self.trialsFile }

    func read() throws -> [Trial] {
        guard FileSystem.exists(path) else { throw TuningError.noSearch(run: run.id) }
        do {
            return try JSONDecoder().decode([Trial].self, from: Data(try FileSystem.read(path)))
        } catch is DecodingError {
            throw TuningError.damagedJournal(path: path)
        }
    }

    func write(_ trials: [Trial]) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try run.logArtifact(bytes: Array(try encoder.encode(trials)), as: Self.trialsFile)
    }

    /// Brings what is for people up to date; doing so twice changes nothing.
    func publish(_ trials: [Trial], tuned: Experiment?) throws {
        try run.logArtifact(text: Self.table(trials), as: Self.tableFile)
        try logMetrics(trials)
        guard let best = trials.best else { return }
        try run.setTag("apus.tune.best_trial", "\(best.number + 1)")
        try run.setTag("apus.tune.best_value", "\(best.value ?? 0)")
        try run.setTag("apus.tune.best_run", best.run ?? "")
        for (key, value) in best.values { try run.setTag("apus.tune.best/" + key, value) }
        if let tuned { try run.logArtifact(text: try Configuration.encode(tuned), as: Self.tunedFile) }
    }

    /// A trial's value and the best so far, at its number counted from 1.
    private func logMetrics(_ trials: [Trial]) throws {
        let logged = Set(try run.history(of: "tune/best").map(\.step))
        for index in trials.indices where !logged.contains(Int64(trials[index].number + 1)) {
            let trial = trials[index]
            guard trial.isFinished, let value = trial.value, let best = Array(trials[...index]).best?.value else {
                continue
            }
            try run.log(metrics: ["tune/value": value], step: trial.number + 1)
            try run.log(metrics: ["tune/best": best], step: trial.number + 1)
        }
    }

    /// Trials as comma-separated values, in order.
    static func table(_ trials: [Trial]) -> String {
        let keys = Set(trials.flatMap(\.values.keys)).sorted()
        let rows = trials.map { trial in
            [
                "\(trial.number + 1)", trial.state.rawValue, trial.value.map { "\($0)" } ?? "",
                trial.measurements.last.map { "\($0.epoch)" } ?? "", trial.run ?? "",
            ] + keys.map { trial.values[$0] ?? "" }
        }
        let header = ["trial", "state", "value", "epochs", "run"] + keys
        return ([header] + rows).map { $0.map(field).joined(separator: ",") + "\n" }.joined()
    }

    private static func field(_ text: String) -> String {
        text.contains { ",\"\n".contains($0) } ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
    }
}
