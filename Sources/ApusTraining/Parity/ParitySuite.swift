import ApusCore
import ApusDatasets
import ApusInference
import ApusMetrics
import ApusModels

/// Runs what is meant to be one model in several engines over the same images, and says how far they are apart: in raw
/// outputs, in what users would see, and in the metric. Then changes the images in ways that should matter little.
public struct ParitySuite {
    /// Boxes are equal from this overlap on.
    public static let overlap: Float = 0.99

    /// How far engines may be apart.
    public struct Limits: Codable, Hashable, Sendable {
        /// Of scores in 0…1, and of places relative to the image's size.
        public var output: Float = 1e-3
        /// The part of boxes, or of likeliest classes or places, that must be equal.
        public var agreement = 0.99
        public var metric = 1e-3

        public init() {}
    }

    public typealias Engine = (name: String, predictor: any BatchPredictor)

    private let task: ModelTask
    private let dataset: PreparedDataset
    private let evaluator: SplitEvaluator
    private let limits: Limits

    public init(
        _ task: ModelTask, dataset: PreparedDataset, evaluator: SplitEvaluator, limits: Limits = Limits()
    ) {
        (self.task, self.dataset, self.evaluator, self.limits) = (task, dataset, evaluator, limits)
    }

    /// - Parameters:
    ///   - engines: the first is what the others are compared with.
    ///   - changes: of the images, seen by the last of the engines that is ours: the second, or the first alone.
    ///   - progress: what is under way, and how far it is.
    public func run(
        _ engines: [Engine], changes: [ImageChange] = ImageChange.usual,
        progress: (_ what: String, _ done: Int, _ total: Int) -> Void = { _, _, _ in }
    ) throws -> ParitySuiteReport {
        guard let reference = engines.first else { throw TrainingError.untrainable("list without an engine") }
        let whole = try evaluator.evaluate(reference.predictor) { progress(reference.name, $0, $1) }
        var report = ParitySuiteReport(
            reference: reference.name, metric: whole.fitnessName, value: whole.values[whole.fitnessName], limits: limits
        )
        for engine in engines.dropFirst() {
            report.engines.append(
                try compare(engine, reference, report.value) { progress(engine.name, $0, $1) })
        }
        let deployed = engines.count > 1 ? engines[1] : reference
        for change in changes where change != .flip || knowsMirrorImages {
            report.changes.append(
                try effect(of: change, on: deployed, report.value) { progress(change.name, $0, $1) })
        }
        return report
    }

    /// Left paws become right ones in a mirror: without a table of them a flip says nothing.
    private var knowsMirrorImages: Bool {
        !task.hasKeypoints || !(dataset.keypointLayout?.mirrored ?? []).isEmpty
    }

    private func compare(
        _ engine: Engine, _ reference: Engine, _ expected: Double?, _ progress: (Int, Int) -> Void
    ) throws -> ParitySuiteReport.EngineResult {
        let comparison = ComparingPredictor(
            engine.predictor, beside: reference.predictor, task: task, classCount: dataset.classNames.count)
        let evaluation = try evaluator.evaluate(comparison, progress: progress)
        return ParitySuiteReport.EngineResult(
            name: engine.name, differences: comparison.differences, agreement: comparison.agreement,
            value: evaluation.values[evaluation.fitnessName], expected: expected, limits: limits)
    }

    private func effect(
        of change: ImageChange, on engine: Engine, _ expected: Double?, _ progress: (Int, Int) -> Void
    ) throws -> ParitySuiteReport.ChangeResult {
        let layout = OutputGeometry(
            task: task, classCount: dataset.classNames.count, mirroredPoints: dataset.keypointLayout?.mirrored ?? [])
        let changed = ChangedPredictor(predictor: engine.predictor, change: change, layout: layout)
        let evaluation = try evaluator.evaluate(changed, progress: progress)
        let value = evaluation.values[evaluation.fitnessName]
        return ParitySuiteReport.ChangeResult(
            name: change.name, value: value, difference: difference(value, expected))
    }
}

/// `nil` where there is nothing to compare.
func difference(_ value: Double?, _ expected: Double?) -> Double? {
    guard let value, let expected else { return nil }
    return value - expected
}
