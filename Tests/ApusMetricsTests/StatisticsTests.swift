import ApusCore
import FoundationEssentials
import Testing
@testable import ApusMetrics

@Suite struct StatisticsTests {
    @Test func `a fair coin's tails are exact`() {
        #expect(Binomial(count: 10).upperTail(from: 0) == 1)
        #expect(abs(Binomial(count: 10).upperTail(from: 8) - 56 / 1024) < 1e-14)
        #expect(abs(Binomial(count: 10).upperTail(from: 10) - 1 / 1024) < 1e-15)
        #expect(Binomial(count: 10).upperTail(from: 11) == 0)
        #expect(abs(Binomial(count: 20_000).upperTail(from: 10_001) - 0.497179) < 1e-5)
    }

    /// statsmodels 0.14.4: mcnemar([[0, 4], [13, 0]], exact=True).pvalue is 0.049041748046875.
    @Test func `McNemar's test is the exact binomial one`() {
        #expect(abs(McNemar(gained: 4, lost: 13).pValue - 0.049041748046875) < 1e-14)
        #expect(abs(McNemar(gained: 4, lost: 13).lossProbability - 0.0245208740234375) < 1e-14)
        #expect(McNemar(gained: 0, lost: 0).pValue == 1)
        #expect(McNemar(gained: 5, lost: 5).pValue == 1)
        #expect(McNemar(gained: 13, lost: 4).lossProbability > 0.99)
    }

    /// statsmodels 0.14.4: multipletests([0.01, 0.04, 0.03, 0.005], method="holm").
    @Test func `Holm's correction equals its definition`() {
        let adjusted = holmAdjusted([0.01, 0.04, 0.03, 0.005])
        for (value, expected) in zip(adjusted, [0.03, 0.06, 0.06, 0.02]) { #expect(abs(value - expected) < 1e-15) }
        #expect(holmAdjusted([]) == [])
        #expect(holmAdjusted([0.7]) == [0.7])
        #expect(holmAdjusted([0.9, 0.8]) == [1, 1])
    }

    @Test func `percentiles lie between neighbours, and too many gaps leave no interval`() throws {
        let interval = try #require(ConfidenceInterval(percentilesOf: (0...1000).reversed().map(Double.init)))
        #expect(abs(interval.lower - 25) < 1e-9)
        #expect(abs(interval.upper - 975) < 1e-9)
        #expect(ConfidenceInterval(percentilesOf: [1, .nan, .nan]) == nil)
        #expect(ConfidenceInterval(percentilesOf: []) == nil)
    }

    @Test func `the median's interval takes order statistics`() throws {
        #expect(ConfidenceInterval(medianOf: [1, 2, 3, 4, 5]) == nil)
        let six = try #require(ConfidenceInterval(medianOf: [6, 1, 2, 3, 4, 5]))
        #expect((six.lower, six.upper) == (1, 6))
        // Of 20 values the sixth smallest and the sixth largest.
        let twenty = try #require(ConfidenceInterval(medianOf: (1...20).map(Double.init)))
        #expect((twenty.lower, twenty.upper) == (6, 15))
    }
}

@Suite struct BootstrapTests {
    private func matches(_ seed: UInt64) throws -> MatchedResults {
        try RandomScenes(seed: seed, count: 30).evaluator(.coco).evaluateWithMatches().matches
    }

    @Test func `depends on the seed alone`() throws {
        let matches = try matches(3)
        let draws = try matches.bootstrap(draws: 50, seed: 7, threads: 1)
        let (same, other) = (
            try matches.bootstrap(draws: 50, seed: 7, threads: 3), try matches.bootstrap(draws: 50, seed: 8)
        )
        for name in ["mAP50-95", "F1", "AP/cat"] {
            #expect(same[name] == draws[name])
            #expect(other[name] != draws[name])
        }
    }

    @Test func `each draw is the evaluation of the images drawn`() throws {
        let matches = try matches(3)
        let draws = try matches.bootstrap(draws: 1, seed: 1)
        let drawn = try #require(draws["mAP50"]?.first)
        #expect(drawn != draws.metrics["mAP50"])
        #expect(try matches.bootstrap(draws: 40, seed: 1)["mAP50"]?.first == drawn)
        #expect(draws["nothing"] == nil)
    }

    @Test func `a slice leaves the other images out`() throws {
        let matches = try matches(5)
        let all = ImageSlice(name: "all", imageIDs: matches.imageIDs)
        let (ofSlice, whole) = (
            try matches.bootstrap(draws: 30, slice: all), try matches.bootstrap(draws: 30)
        )
        #expect(ofSlice["mAP50-95"] == whole["mAP50-95"])
        #expect(ofSlice.metrics == whole.metrics)
        let few = ImageSlice(name: "few", imageIDs: Array(matches.imageIDs.prefix(10)))
        #expect(try matches.bootstrap(draws: 30, slice: few).metrics == matches.metrics(on: few))
    }

    @Test func `an interval holds the value, and a model does not differ from itself`() throws {
        let draws = try matches(9).bootstrap(draws: 200)
        let interval = try #require(draws.interval("mAP50"))
        #expect(interval.contains(try #require(draws.metrics["mAP50"])))
        let same = try #require(draws["mAP50"]).map { $0 - $0 }
        let gain = try #require(GainEstimate(gain: 0, draws: same))
        #expect((gain.interval.lower, gain.interval.upper) == (0, 0))
        #expect(gain.probability(ofAtLeast: 0) == 1)
    }

    @Test(arguments: EvaluationProfile.allCases)
    func `matches come back from JSON as they were`(profile: EvaluationProfile) throws {
        let matches = try RandomScenes(seed: 2, count: 20).evaluator(profile).evaluateWithMatches().matches
        let bytes = try JSONEncoder().encode(matches)
        #expect(try JSONDecoder().decode(MatchedResults.self, from: bytes) == matches)
    }

    @Test func `classifications come back from JSON as they were`() throws {
        var evaluator = ClassificationEvaluator(classNames: ["a", "b"])
        for id in [5, 3, 9] { try evaluator.add(imageID: id, probabilities: [0.25, 0.5], label: id % 2) }
        let matches = evaluator.evaluateWithMatches().matches
        let bytes = try JSONEncoder().encode(matches)
        #expect(try JSONDecoder().decode(MatchedResults.self, from: bytes) == matches)
    }

    @Test func `damaged outcomes are refused, never trusted`() throws {
        let matches = try matches(4)
        var writer = MatchBytesWriter()
        guard case .objects(let objects) = matches.parts[0] else { return }
        objects.classes[0].write(to: &writer)
        let bytes = writer.bytes
        for length in 0..<bytes.count {
            var reader = MatchBytesReader(Array(bytes.prefix(length)))
            #expect(throws: MatchBytesReader.Malformed.self) { try ClassOutcomes(&reader, imageCount: 30) }
        }
        var random = RandomStream(seed: 1)
        for _ in 0..<2000 {
            var damaged = bytes
            damaged[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
            var reader = MatchBytesReader(damaged)
            guard let outcomes = try? ClassOutcomes(&reader, imageCount: 30) else { continue }
            #expect(outcomes.images.allSatisfy { (0..<30).contains($0) })
            #expect(outcomes.truthImages.allSatisfy { (0..<30).contains($0) })
        }
    }
}
