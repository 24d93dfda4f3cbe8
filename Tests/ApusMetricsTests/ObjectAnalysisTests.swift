import FoundationEssentials
import Testing
import ApusVision
@testable import ApusMetrics

@Suite struct ObjectAnalysisTests {
    /// A box set of `Oracles/analysis_cases.py` and what tidecv, pycocotools, torchmetrics and scikit-learn answer.
    struct Example: Decodable, CustomTestStringConvertible {
        struct Tide: Decodable {
            var AP: Double
            var main, special: [String: Double]
            var counts: [String: Int]
        }
        var name: String
        var images, classes: Int
        /// image, class, x, y, width, height, crowd.
        var truths: [[Double]]
        /// image, class, x, y, width, height, score.
        var detections: [[Double]]
        var tide: Tide
        /// AP, AP50 and AR by class and area.
        var sizes: [[[Double?]]]
        /// ECE and MCE.
        var calibration: [Double]
        /// The best F1 of each class and its lowest threshold.
        var thresholds: [[Double]?]

        var testDescription: String { name }

        func collector(order: some Sequence<Int>) throws -> ObjectCollector<COCOBox> {
            var collector = ObjectCollector<COCOBox>(classNames: (0..<classes).map { "\($0)" }, profile: .coco)
            for image in order {
                let truths = truths.filter { Int($0[0]) == image }.map {
                    let box = COCOBox(x: $0[2], y: $0[3], width: $0[4], height: $0[5])
                    return MarkedObject(label: Int($0[1]), shape: box, area: box.area, isCrowd: $0[6] == 1)
                }
                let found = detections.filter { Int($0[0]) == image }.map {
                    FoundObject(
                        label: Int($0[1]), shape: COCOBox(x: $0[2], y: $0[3], width: $0[4], height: $0[5]),
                        score: Float($0[6]))
                }
                collector.append(try collector.checked(imageID: image, truths: truths, detections: found))
            }
            return collector
        }

        var analysis: ObjectAnalysis {
            get throws {
                let metrics = try collector(order: 0..<images).analyzed(threads: 2).metrics
                return try #require(metrics.analysis)
            }
        }
    }

    private static let loaded = Result { try golden("analysis.json", as: [Example].self) }
    static var examples: [Example] { (try? loaded.get()) ?? [] }

    @Test func `the examples are there`() { #expect(Self.examples.count == 6) }

    @Test(arguments: examples) func `errors cost what tidecv says`(example: Example) throws {
        let errors = try example.analysis.errors
        #expect(abs(try #require(errors.ap50) - example.tide.AP / 100) < 1e-12)
        for kind in ErrorKind.allCases {
            let cost = try #require(errors[kind])
            #expect(cost.count == example.tide.counts[kind.rawValue])
            #expect(abs(cost.dAP - (example.tide.main[kind.rawValue] ?? .nan) / 100) < 1e-12, "\(kind)")
        }
        let (positives, negatives) = (example.tide.special["FalsePos"], example.tide.special["FalseNeg"])
        #expect(abs(try #require(errors.falsePositives) - (positives ?? .nan) / 100) < 1e-12)
        #expect(abs(try #require(errors.falseNegatives) - (negatives ?? .nan) / 100) < 1e-12)
    }

    @Test(arguments: examples) func `classes by size equal pycocotools`(example: Example) throws {
        for (ours, theirs) in zip(try example.analysis.sizes, example.sizes) {
            for (size, answer) in zip(ours.sizes, theirs) {
                for (value, expected) in zip([size.ap, size.ap50, size.ar], answer) {
                    #expect((value == nil) == (expected == nil))
                    #expect(abs((value ?? 0) - (expected ?? 0)) < 1e-12)
                }
            }
        }
    }

    @Test(arguments: examples) func `calibration equals torchmetrics`(example: Example) throws {
        let calibration = try example.analysis.calibration
        #expect(abs(try #require(calibration.expectedError) - example.calibration[0]) < 1e-7)
        #expect(abs(try #require(calibration.maximumError) - example.calibration[1]) < 1e-7)
    }

    @Test(arguments: examples) func `the best threshold has the F1 of scikit-learn's curve`(example: Example) throws {
        for (ours, theirs) in zip(try example.analysis.thresholds, example.thresholds) {
            guard let theirs else { continue }
            #expect(abs(try #require(ours.f1) - theirs[0]) < 1e-9)
            #expect(try #require(ours.confidence) < theirs[1] + 0.001)
        }
    }

    @Test func `neither the order of images nor the number of threads matters`() throws {
        let example = try #require(Self.examples.first)
        let backwards = try example.collector(order: (0..<example.images).reversed())
        let metrics = backwards.analyzed(threads: 1).metrics
        #expect(try metrics.analysis == example.analysis)
    }

    @Test func `nothing is no number, and comes back from JSON`() throws {
        let metrics = DetectionEvaluator(classNames: ["a"]).evaluateWithMatches().metrics
        let analysis = try #require(metrics.analysis)
        #expect(analysis.errors.ap50 == nil && analysis.errors.falseNegatives == nil)
        #expect(analysis.calibration.expectedError == nil && analysis.thresholds[0].confidence == nil)
        #expect(analysis.values.isEmpty)
        #expect(try JSONDecoder().decode(DetectionMetrics.self, from: Data(metrics.jsonData())) == metrics)
    }

    @Test func `a perfect detector has no errors to pay for`() throws {
        let box = BoundingBox(minX: 1, minY: 1, maxX: 30, maxY: 30)
        var evaluator = DetectionEvaluator(classNames: ["a"])
        try evaluator.add(
            imageID: 1, width: 40, height: 40, truths: [LabeledBox(box, label: 0)],
            detections: [Detection(box, label: 0, score: 1)])
        let metrics = evaluator.evaluateWithMatches().metrics
        #expect(metrics.analysis?.errors.costs.allSatisfy { $0.count == 0 && $0.dAP == 0 } == true)
        #expect(metrics.values["dAP-FN"] == 0 && metrics.values["ECE"] == 0)
    }
}
