import ApusCommands
import ApusTraining
import ApusTuning

/// Shows a search on standard error: a bar within a trial, a line for each, and the best in the end.
final class TuningConsole {
    private unowned let session: TuningSession
    private let terminal: Terminal
    private var progress: TrialProgress?
    private var start = ContinuousClock.now
    /// Told of each trial's training when it begins.
    var showTraining: (TrainingSession) -> Void = { _ in }

    init(_ session: TuningSession, terminal: Terminal) {
        (self.session, self.terminal) = (session, terminal)
        session.report = { [unowned self] in show($0) }
    }

    private func show(_ event: TuningEvent) {
        switch event {
        case .started(let trial, let training):
            start = .now
            let progress = TrialProgress(title(of: trial), terminal: terminal)
            training.trainer.add(progress)
            self.progress = progress
            showTraining(training)
        case .ended(let trial, let isBest):
            progress?.finish()
            progress = nil
            let seconds = fixed((ContinuousClock.now - start).seconds, 0)
            terminal.say(
                "\(title(of: trial))  \(shown(trial))  \(trial.state.rawValue)  \(seconds) s  \(values(of: trial))"
                    + (isBest ? "  best" : "") + (trial.failure.map { ": \($0)" } ?? ""))
        }
    }

    /// The best ten trials.
    func showRanking() {
        progress?.finish()
        let ranked = session.trials.ranked.prefix(10)
        let keys = session.plan.space.keys.sorted()
        let rows = ranked.map { trial in
            ["\(trial.number + 1)", shown(trial), trial.state.rawValue] + keys.map { trial.values[$0] ?? "–" }
        }
        if !rows.isEmpty { terminal.say("\n" + table(["trial", "value", "state"] + keys, rows)) }
    }

    private func title(of trial: Trial) -> String { "trial \(trial.number + 1)/\(session.trialCount)" }

    private func shown(_ trial: Trial) -> String { trial.value.map { fixed($0, 4) } ?? "–" }

    private func values(of trial: Trial) -> String {
        trial.values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }
}

/// A trial's steps as one bar.
private final class TrialProgress: TrainingObserver {
    private let bar: ProgressBar
    private var epochs = 1

    init(_ title: String, terminal: Terminal) { bar = ProgressBar(title, terminal: terminal) }

    func observe(_ event: TrainingEvent) {
        switch event {
        case .started(let plan): epochs = plan.epochs
        case .stepCompleted(let report):
            let (done, steps) = (report.epoch * report.stepsPerEpoch + report.step + 1, report.stepsPerEpoch)
            bar.update(done, of: steps * epochs, note: "epoch \(report.epoch + 1) · loss \(fixed(report.loss.total))")
        default: break
        }
    }

    func finish() { bar.finish() }
}
