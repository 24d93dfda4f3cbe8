import ApusCommands
import ApusTraining
import Foundation

/// Shows training on standard error: a bar within an epoch, a line for each.
final class TrainingConsole: TrainingObserver {
    private let terminal: Terminal
    private var bar: ProgressBar?
    private var lossNames: [String] = []
    private var metricNames: [String] = []

    init(terminal: Terminal) { self.terminal = terminal }

    func observe(_ event: TrainingEvent) {
        switch event {
        case .started(let plan): announce(plan)
        case .firstBatch: break
        case .stepCompleted(let report): show(report)
        case .checkpointDue: break
        case .memoryShort(let pieces, let epoch, let step, let reason):
            bar?.finish()
            bar = nil
            terminal.say(
                "epoch \(epoch + 1), step \(step + 1): out of memory (\(reason)); from here on every batch is computed in "
                    + "\(pieces) pieces, with the whole batch's loss and normalization statistics of each piece")
        case .rolledBack(let loss, let epoch, let step, let factor):
            bar?.finish()
            bar = nil
            terminal.say(
                "epoch \(epoch + 1), step \(step + 1): the loss is not finite (\(loss)); "
                    + "back at the last checkpoint, going on with \(factor) of the learning rate")
        case .notRecorded(let reason):
            bar?.finish()
            bar = nil
            Terminal.complain("apus: \(reason); training goes on, and what was not written is tried again")
        case .epochCompleted(let report): show(report)
        case .finished(let result): show(result)
        }
    }

    private func announce(_ plan: TrainingPlan) {
        terminal.say(
            "\(plan.parameterCount) parameters\(frozen(plan)), \(plan.trainImages) training and "
                + "\(plan.validationImages) validation images, "
                + "\(plan.stepsPerEpoch) steps an epoch, warm-up \(plan.warmupSteps) steps"
                + (plan.nominalAccumulation > 1 ? ", gradients of \(plan.nominalAccumulation) batches summed" : "")
                + goingOn(plan))
        for note in plan.notes { terminal.say(note) }
        (lossNames, metricNames) = (plan.lossNames, plan.metricNames)
        terminal.say(
            terminal.bold(
                "epoch  " + lossNames.map { $0.padded(left: 8) }.joined() + "   images/s   wait"
                    + metricNames.map { $0.padded(left: max(8, $0.count + 2)) }.joined()))
    }

    private func frozen(_ plan: TrainingPlan) -> String {
        plan.frozenCount > 0 ? " (\(plan.frozenCount) frozen)" : ""
    }

    private func goingOn(_ plan: TrainingPlan) -> String {
        guard plan.firstEpoch > 0 || plan.firstStep > 0 else { return "" }
        return "; going on at epoch \(plan.firstEpoch + 1), step \(plan.firstStep + 1)"
    }

    private func show(_ report: StepReport) {
        let bar = self.bar ?? ProgressBar("epoch \(report.epoch + 1)", terminal: terminal)
        self.bar = bar
        bar.update(
            report.step + 1, of: report.stepsPerEpoch,
            note:
                "loss \(fixed(report.loss.total)) · lr \(rate(report.rates.learningRate)) · wait \(milliseconds(report.waitSeconds)) · compute \(milliseconds(report.computeSeconds))"
        )
    }

    private func show(_ report: EpochReport) {
        bar?.finish()
        bar = nil
        let wait = report.waitSeconds / max(report.waitSeconds + report.computeSeconds, 1e-9)
        let epoch = "\(report.epoch + 1)/\(report.epochs)"
        terminal.say(
            epoch.padded(to: 7)
                + lossNames.map { fixed(report.loss[$0] ?? 0).padded(left: 8) }.joined()
                + fixed(report.imagesPerSecond, 1).padded(left: 11) + "\(fixed(wait * 100, 1)) %".padded(left: 7)
                + metricNames.map { metric(report.evaluation?.values[$0], under: $0) }.joined()
                + (report.isBest ? "  best" : ""))
    }

    private func metric(_ value: Double?, under name: String) -> String {
        (value.map { fixed($0) } ?? "–").padded(left: max(8, name.count + 2))
    }

    private func show(_ result: TrainingResult) {
        bar?.finish()
        let best =
            result.bestEpoch.map { "; best epoch \($0 + 1) with \(result.fitnessName) \(fixed(result.bestFitness))" }
            ?? ""
        terminal.say("training \(result.ending.rawValue) after \(fixed(result.seconds, 0)) s\(best)")
    }

    /// Two significant digits: `0.01`, `3.7e-05`.
    private func rate(_ value: Double) -> String { String(format: "%.2g", value) }

    private func milliseconds(_ seconds: Double) -> String { "\(fixed(seconds * 1e3, 0)) ms" }
}

extension String {
    func padded(left width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
