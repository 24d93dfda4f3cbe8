import ApusConfiguration
import ApusCore
import ApusModels
import ApusMetrics
import ApusTracking
import ApusVision

/// Writes a training run into the tracking store as it goes: metrics and checkpoint after each epoch, pictures at
/// the start and the end.
public final class RunRecorder: TrainingObserver {
    private let run: Run
    private let trainer: Trainer
    private let model: ModelConfiguration
    private let checkpoints: CheckpointFolder
    /// What was in the store when training began or went on.
    private var logged: [String: MetricPoint] = [:]

    public init(run: Run, trainer: Trainer, model: ModelConfiguration) {
        self.run = run
        self.trainer = trainer
        self.model = model
        checkpoints = CheckpointFolder(run.artifactPath)
    }

    public func observe(_ event: TrainingEvent) throws {
        switch event {
        case .started(let plan): try record(plan)
        case .firstBatch(let batch):
            let picture = trainer.task.picture(of: batch)
            try attempt { try run.logArtifact(bytes: picture.jpegData(quality: 90), as: "pictures/train_batch.jpg") }
        case .stepCompleted, .notRecorded: break
        case .checkpointDue: try checkpoints.save(trainer, model: model, isBest: false)
        case .memoryShort(let pieces, let epoch, let step, _):
            let value = "\(pieces) pieces a batch from epoch \(epoch + 1), step \(step + 1)"
            try attempt { try run.setTag("apus.out_of_memory", value) }
        case .rolledBack: try attempt { try run.setTag("apus.roll_backs", "\(trainer.progress.rollBacks)") }
        case .epochCompleted(let report): try record(report)
        case .finished: try attempt { try recordBest() }
        }
    }

    /// What the store cannot write, such as on a full disk, ends no training: it keeps values and tries again. A
    /// checkpoint that cannot be written does end it, since what is learned after it could be lost.
    private func attempt(_ body: () throws -> Void) throws {
        do { try body() } catch let error as TrackingError { try trainer.announce(.notRecorded("\(error)")) }
    }

    private func record(_ plan: TrainingPlan) throws {
        logged = try run.metrics()
        try run.log(parameters: ["parameter_count": "\(plan.parameterCount)"])
        if let report = trainer.weightReport {
            try run.logArtifact(text: report.table(), as: "config/weights.txt")
        }
    }

    /// The checkpoint comes last: an epoch that it counts as done has its metrics in the store.
    private func record(_ report: EpochReport) throws {
        try attempt {
            try log(report.values, step: report.epoch + 1)
            try run.flush()
            try drawHistory()
        }
        try checkpoints.save(trainer, model: model, isBest: report.isBest)
    }

    /// Drawn from the store itself, so that a resumed run's curves are whole.
    private func drawHistory() throws {
        try draw(
            "Training loss", trainer.task.lossNames.map { "train/\($0)_loss" }, yLabel: "loss", as: "plots/losses.png")
        try draw(
            "Validation", trainer.task.plottedNames.map { "val/\($0)" }, yLabel: "metric", as: "plots/metrics.png")
    }

    private func draw(_ title: String, _ keys: [String], yLabel: String, as path: String) throws {
        let series = try keys.compactMap { key -> LineChart.Series? in
            let points = try run.history(of: key)
            guard points.count > 1 else { return nil }
            return LineChart.Series(
                name: key, points: points.map { LineChart.Point(x: Double($0.step), y: $0.value) })
        }
        guard !series.isEmpty else { return }
        let chart = LineChart(title: title, xLabel: "epoch", yLabel: yLabel, series: series)
        try run.logArtifact(bytes: chart.image(width: 900, height: 600).pngData(), as: path)
    }

    /// What the best weights find, in numbers and pictures.
    private func recordBest() throws {
        guard FileSystem.exists(checkpoints.best) else { return }
        let epochs = try checkpoints.loadBest(into: trainer)
        let evaluation = try trainer.evaluate()
        try evaluation.log(to: run, split: .val, dataset: trainer.dataset)
        try log(evaluation.stored(prefix: "best"), step: epochs)
    }

    /// What was not logged before: an epoch whose checkpoint a crash prevented comes again, to the same values.
    private func log(_ metrics: [String: Double], step: Int) throws {
        try run.log(metrics: metrics.filter { logged[$0.key].map { Int($0.step) } != step }, step: step)
    }
}

extension EpochReport {
    /// By the names under which they stand in the store.
    var values: [String: Double] {
        var values = [
            "lr": learningRate, "images_per_second": imagesPerSecond, "time/wait": waitSeconds,
            "time/compute": computeSeconds, "time/validation": validationSeconds,
            "memory/peak_mb": peakMemoryMegabytes,
        ]
        if gpuPeakMegabytes > 0 { values["memory/gpu_peak_mb"] = gpuPeakMegabytes }
        for part in loss.parts { values["train/\(part.name)_loss"] = part.value }
        let overall = StoredMetrics.overall(evaluation?.values ?? [:])
        return values.merging(StoredMetrics.named(overall, prefix: "val")) { $1 }
    }
}
