import ApusTraining

/// Shows training on standard error: a bar within an epoch, a line for each.
final class TrainingConsole: TrainingObserver {
    private let terminal: Terminal
    private var bar: ProgressBar?

    init(terminal: Terminal) { self.terminal = terminal }

    func observe(_ event: TrainingEvent) {
        switch event {
        case .started(let plan): announce(plan)
        case .firstBatch: break
        case .stepCompleted(let report): show(report)
        case .epochCompleted(let report): show(report)
        case .finished(let result): show(result)
        }
    }

    private func announce(_ plan: TrainingPlan) {
        terminal.say(
            "\(plan.parameterCount) parameters, \(plan.trainImages) training and \(plan.validationImages) validation images, "
                + "\(plan.stepsPerEpoch) steps an epoch, warm-up \(plan.warmupSteps) steps"
                + (plan.nominalAccumulation > 1 ? ", gradients of \(plan.nominalAccumulation) batches summed" : "")
                + (plan.firstEpoch > 0 ? "; going on at epoch \(plan.firstEpoch + 1)" : ""))
        terminal.say(terminal.bold("epoch      box     cls     dfl   images/s   wait   mAP50  mAP50-95"))
    }

    private func show(_ report: StepReport) {
        let bar = self.bar ?? ProgressBar("epoch \(report.epoch + 1)", terminal: terminal)
        self.bar = bar
        bar.update(
            report.step + 1, of: report.stepsPerEpoch,
            note:
                "loss \(fixed(report.loss.total)) · wait \(milliseconds(report.waitSeconds)) · compute \(milliseconds(report.computeSeconds))"
        )
    }

    private func show(_ report: EpochReport) {
        bar?.finish()
        bar = nil
        let wait = report.waitSeconds / max(report.waitSeconds + report.computeSeconds, 1e-9)
        let epoch = "\(report.epoch + 1)/\(report.epochs)"
        terminal.say(
            epoch.padded(to: 7)
                + [report.loss.box, report.loss.cls, report.loss.dfl].map { fixed($0).padded(left: 8) }.joined()
                + fixed(report.imagesPerSecond, 1).padded(left: 11) + "\(fixed(wait * 100, 1)) %".padded(left: 7)
                + metric(report.metrics?.mAP50) + metric(report.metrics?.mAP50_95) + (report.isBest ? "  best" : ""))
    }

    private func metric(_ value: Double?) -> String { (value.map { fixed($0) } ?? "–").padded(left: 8) }

    private func show(_ result: TrainingResult) {
        bar?.finish()
        let best = result.bestEpoch.map { "; best epoch \($0 + 1) with mAP50-95 \(fixed(result.bestFitness))" } ?? ""
        terminal.say("training \(result.ending.rawValue) after \(fixed(result.seconds, 0)) s\(best)")
    }

    private func milliseconds(_ seconds: Double) -> String { "\(fixed(seconds * 1e3, 0)) ms" }
}

extension String {
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
    func padded(left width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
