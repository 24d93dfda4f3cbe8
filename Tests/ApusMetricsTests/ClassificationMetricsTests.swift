import FoundationEssentials
import Testing
@testable import ApusMetrics

@Suite struct ClassificationMetricsTests {
    struct Example: Decodable {
        var classes: Int
        var labels, predictions: [Int]
        var scores, probabilities: [Float]
        var ece, mce: Double
        var precision, recall: [Double]
        var confusion: [[Int]]
        var top5: Double?
        var accuracy, balanced: Double
        var macroF1: Double
        var f1: [Double]
        var top2: Double?

        enum CodingKeys: String, CodingKey {
            case classes, labels, predictions, scores, probabilities, accuracy, balanced, f1, top2, top5
            case ece, mce, precision, recall, confusion
            case macroF1 = "macro_f1"
        }
    }

    private static let loaded = Result { try golden("classification.json", as: [Example].self) }

    @Test func `equals scikit-learn`() throws {
        for example in try Self.loaded.get() {
            var counts = ClassificationCounts(classNames: (0..<example.classes).map { "\($0)" })
            counts.update(predictions: example.predictions, labels: example.labels)
            let metrics = counts.value
            #expect(abs(try #require(metrics.accuracy) - example.accuracy) < 1e-12)
            #expect(abs(try #require(metrics.balancedAccuracy) - example.balanced) < 1e-12)
            #expect(abs(try #require(metrics.macroF1) - example.macroF1) < 1e-12)
            for (ours, theirs) in zip(metrics.perClass, example.f1) { #expect(abs((ours.f1 ?? 0) - theirs) < 1e-12) }
            guard let top2 = example.top2 else { continue }
            var topK = TopKAccuracy(k: 2)
            topK.update(scores: example.scores, labels: example.labels)
            #expect(abs(try #require(topK.value) - top2) < 1e-12)
        }
    }

    private func evaluator(_ example: Example, images: some Sequence<Int>) throws -> ClassificationEvaluator {
        var evaluator = ClassificationEvaluator(classNames: (0..<example.classes).map { "\($0)" })
        for image in images {
            let start = image * example.classes
            try evaluator.add(
                imageID: image, probabilities: Array(example.probabilities[start..<start + example.classes]),
                label: example.labels[image])
        }
        return evaluator
    }

    /// torchmetrics computes in single precision.
    @Test func `the evaluator equals scikit-learn and torchmetrics`() throws {
        for example in try Self.loaded.get() {
            let metrics = try evaluator(example, images: example.labels.indices).evaluate()
            #expect(metrics.classes.confusion == example.confusion)
            #expect(abs(try #require(metrics.top1) - example.accuracy) < 1e-12)
            #expect(example.top5 == nil || abs((metrics.top5 ?? 0) - (example.top5 ?? 0)) < 1e-12)
            for (index, ours) in metrics.classes.perClass.enumerated() {
                #expect(abs((ours.precision ?? 0) - example.precision[index]) < 1e-12)
                #expect(abs((ours.recall ?? 0) - example.recall[index]) < 1e-12)
            }
            #expect(abs(try #require(metrics.calibration.expectedError) - example.ece) < 1e-6)
            #expect(abs(try #require(metrics.calibration.maximumError) - example.mce) < 1e-6)
            #expect(metrics.fitness == metrics.top1)
            #expect(metrics.values["ECE"] == metrics.calibration.expectedError)
        }
    }

    @Test func `the evaluator merges, shows the surest mistakes first, and its JSON comes back`() throws {
        let example = try Self.loaded.get()[3]
        let whole = try evaluator(example, images: 0..<150).evaluate()
        var first = try evaluator(example, images: 70..<150)
        try first.merge(evaluator(example, images: 0..<70))
        let merged = first.evaluate()
        #expect(merged.classes == whole.classes && merged.images == whole.images && merged.top5 == whole.top5)
        let mistakes = whole.images.prefix { !$0.isCorrect }
        #expect(whole.images.dropFirst(mistakes.count).allSatisfy { $0.isCorrect })
        #expect(mistakes.map(\.confidence) == mistakes.map(\.confidence).sorted(by: >))
        #expect(try JSONDecoder().decode(ClassifierMetrics.self, from: Data(whole.jsonData())) == whole)
        #expect(throws: EvaluationError.repeatedImage(0)) { try first.merge(evaluator(example, images: 0..<1)) }
    }

    @Test func `the evaluator refuses what cannot be evaluated`() throws {
        var evaluator = ClassificationEvaluator(classNames: ["a", "b"])
        #expect(throws: EvaluationError.scoreCount(1, classes: 2, imageID: 3)) {
            try evaluator.add(imageID: 3, probabilities: [1], label: 0)
        }
        #expect(throws: EvaluationError.notANumber(field: "score", entry: "image 3")) {
            try evaluator.add(imageID: 3, probabilities: [.nan, 1], label: 0)
        }
        #expect(throws: EvaluationError.labelOutOfRange(2, classes: 2, imageID: 3)) {
            try evaluator.add(imageID: 3, probabilities: [0, 1], label: 2)
        }
        #expect(evaluator.imageCount == 0)
        #expect(evaluator.evaluate().calibration.expectedError == nil)
    }

    @Test func `a perfect classifier that says so is calibrated`() {
        var calibration = Calibration(bins: 10)
        for _ in 0..<5 { calibration.update(confidence: 1, isCorrect: true) }
        #expect(calibration.value.expectedError == 0)
        #expect(calibration.value.bins.last?.count == 5)
    }

    @Test func `merging parts equals the whole`() throws {
        let example = try Self.loaded.get()[1]
        let half = example.labels.count / 2
        var whole = Accuracy(), first = Accuracy(), second = Accuracy()
        whole.update(predictions: example.predictions, labels: example.labels)
        first.update(predictions: Array(example.predictions[..<half]), labels: Array(example.labels[..<half]))
        second.update(predictions: Array(example.predictions[half...]), labels: Array(example.labels[half...]))
        first.merge(second)
        #expect(first == whole)
        #expect(abs(try #require(whole.value) - example.accuracy) < 1e-12)
    }

    @Test func `nothing seen is no number`() {
        #expect(Accuracy().value == nil)
        #expect(TopKAccuracy(k: 1).value == nil)
        let metrics = ClassificationCounts(classNames: ["a", "b"]).value
        #expect(metrics.accuracy == nil && metrics.macroF1 == nil && metrics.perClass[0].recall == nil)
        #expect(metrics.values.isEmpty)
    }

    @Test func `a NaN score is never among the best`() {
        var topK = TopKAccuracy(k: 2)
        topK.update(scores: [.nan, .nan], labels: [0])
        #expect(topK.value == 0)
    }
}
