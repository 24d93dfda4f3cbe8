import ApusAugmentation
import ApusCore
import ApusDatasets
import ApusModels
import ApusVision
import Glibc
import Testing
@testable import ApusTraining

@Suite(.serialized) struct BatchPipelineTests {
    private struct Fault: Error, Equatable { let index: Int }

    /// Finds boxes that depend on the image alone, some images later than others.
    private struct Inventor: BatchPredictor, Sendable {
        let isSideBySide: Bool
        let classCount: Int
        /// The images that cannot be looked at.
        var faults: Set<Int> = []

        func onOneThread() -> (any BatchPredictor & Sendable)? { isSideBySide ? self : nil }

        func outputs(for batch: Batch) throws -> [NDArray] {
            if let index = batch.indices.first(where: faults.contains) { throw Fault(index: index) }
            usleep(UInt32(batch.indices[0] % 3) * 2000)
            let anchors = 20
            let values = batch.indices.flatMap { index -> [Float] in
                var stream = RandomStream(seed: UInt64(index))
                let boxes = (0..<4 * anchors).map { _ in stream.uniform(in: 8...40) as Float }
                return boxes + (0..<classCount * anchors).map { _ in stream.uniform() }
            }
            return [NDArray(values, shape: [batch.count, 4 + classCount, anchors])]
        }
    }

    private func evaluated(sideBySide: Bool, faults: (PreparedDataset) -> Set<Int> = { _ in [] }) throws -> Evaluation {
        let workspace = try TestWorkspace()
        defer { withExtendedLifetime(workspace) {} }
        let dataset = workspace.dataset
        var settings = LoaderSettings(imageSize: 64, batchSize: 2)
        settings.threads = 3
        let evaluator = try SplitEvaluator(
            .detect, dataset: dataset, indices: dataset.indices(of: .train), settings: settings,
            configuration: ValidationConfiguration(), input: ImageSize(square: 64))
        let inventor = Inventor(
            isSideBySide: sideBySide, classCount: dataset.classNames.count, faults: faults(dataset))
        let evaluation = try evaluator.evaluate(inventor)
        let boxes = evaluation as? Evaluation
        return try #require(boxes)
    }

    @Test func `batches side by side measure what batches in turn do`() throws {
        let (one, other) = (try evaluated(sideBySide: false), try evaluated(sideBySide: true))
        #expect(one.predictions.map(\.index) == other.predictions.map(\.index))
        #expect(one.predictions.map(\.detections) == other.predictions.map(\.detections))
        #expect(one.metrics == other.metrics)
    }

    @Test(arguments: [false, true]) func `the first batch that fails ends it`(sideBySide: Bool) throws {
        let workspace = try TestWorkspace()
        let indices = workspace.dataset.indices(of: .train)
        #expect(throws: Fault(index: indices[2])) {
            _ = try evaluated(sideBySide: sideBySide) { _ in [indices[2], indices[5]] }
        }
    }
}
