import Testing
@testable import ApusMetrics

@Suite struct SemanticEvaluatorTests {
    struct Example: Decodable {
        var classes: Int
        var truth, found: [[UInt8]]
        var iou: [Double]
        var mean, accuracy: Double
    }

    /// torchmetrics computes in single precision.
    @Test func `equals torchmetrics`() throws {
        for example in try golden("semantic.json", as: [Example].self) {
            let names = (0..<example.classes).map { "\($0)" }
            var evaluator = SemanticEvaluator(classNames: names), second = evaluator
            try evaluator.add(truth: example.truth[0], prediction: example.found[0], imageID: 0)
            try second.add(truth: example.truth[1], prediction: example.found[1], imageID: 1)
            evaluator.merge(second)
            let metrics = evaluator.value
            for (ours, theirs) in zip(metrics.perClass, example.iou) { #expect(abs((ours.iou ?? 0) - theirs) < 1e-6) }
            #expect(abs(try #require(metrics.meanIoU) - example.mean) < 1e-6)
            #expect(abs(try #require(metrics.pixelAccuracy) - example.accuracy) < 1e-6)
            #expect(metrics.fitness == metrics.meanIoU)
        }
    }

    @Test func `refuses maps that do not fit and keeps what it has`() throws {
        var evaluator = SemanticEvaluator(classNames: ["a", "b"])
        #expect(throws: EvaluationError.self) { try evaluator.add(truth: [0], prediction: [0, 1], imageID: 7) }
        #expect(throws: EvaluationError.labelOutOfRange(2, classes: 2, imageID: 7)) {
            try evaluator.add(truth: [0, 1], prediction: [0, 2], imageID: 7)
        }
        #expect(evaluator.value.meanIoU == nil)
        try evaluator.add(truth: [255, 0], prediction: [9, 0], imageID: 7)
        #expect(evaluator.value.values == ["mIoU": 1, "pixel_accuracy": 1, "IoU/a": 1])
    }
}
