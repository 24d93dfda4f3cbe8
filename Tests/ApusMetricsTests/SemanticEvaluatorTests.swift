import FoundationEssentials
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

    @Test func `parts of the images have their own numbers`() throws {
        let maps: [[UInt8]] = [[0, 0, 1, 1, 2], [0, 1, 1, 1, 255], [2, 2, 0, 0, 0]]
        func evaluator(_ images: [Int]) throws -> SemanticEvaluator {
            var evaluator = SemanticEvaluator(classNames: ["rest", "a", "b"])
            for image in images {
                try evaluator.add(truth: maps[image], prediction: [0, 1, 1, 0, 2], imageID: image)
            }
            return evaluator
        }
        let (metrics, matches) = try evaluator([2, 0, 1]).evaluateWithMatches()
        #expect(matches.metrics(weights: [1, 1, 1]).values == metrics.values)
        #expect(matches.metrics(weights: [0, 2, 0]).values == (try evaluator([1]).value.values))
        #expect(
            try matches.metrics(on: ImageSlice(name: "x", imageIDs: [0, 2])).values
                == (try evaluator([0, 2]).value.values))
        #expect(try JSONDecoder().decode(MatchedResults.self, from: JSONEncoder().encode(matches)) == matches)
        #expect(EvaluationReport(title: "x", metrics: metrics).html().contains("mean IoU"))
        var one = try evaluator([1])
        #expect(throws: EvaluationError.repeatedImage(1)) { try one.add(truth: [0], prediction: [0], imageID: 1) }
    }

    @Test func `damaged counts are errors`() throws {
        var evaluator = SemanticEvaluator(classNames: ["a", "b"])
        try evaluator.add(truth: [0, 1, 1], prediction: [0, 0, 1], imageID: 3)
        let bytes = try JSONEncoder().encode(evaluator.evaluateWithMatches().matches)
        let text = String(decoding: bytes, as: UTF8.self)
        let wrongs = [text.replacing("pixels", with: "classes"), text.replacing("[3]", with: "[3,4]")]
        for wrong in wrongs {
            #expect(throws: DecodingError.self) {
                try JSONDecoder().decode(MatchedResults.self, from: Data(wrong.utf8))
            }
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
