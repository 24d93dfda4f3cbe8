import Testing
@testable import ApusMetrics

@Suite struct ClassificationMetricsTests {
    struct Example: Decodable {
        var classes: Int
        var labels, predictions: [Int]
        var scores: [Float]
        var accuracy, balanced: Double
        var macroF1: Double
        var f1: [Double]
        var top2: Double?

        enum CodingKeys: String, CodingKey {
            case classes, labels, predictions, scores, accuracy, balanced, f1, top2
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
