import Testing
@testable import ApusMetrics

@Suite struct COCOEvaluationTests {
    @Test(arguments: try GoldenCase.all)
    func `equals pycocotools in all twelve numbers`(example: GoldenCase) throws {
        let stats = try COCOEvaluation(example.dataset, detections: example.found).stats
        for (ours, theirs) in zip(stats, example.coco.stats) { #expect(abs(ours - theirs) <= 1e-12) }
    }

    @Test(arguments: try GoldenCase.all)
    func `equals pycocotools in every bit of its arrays`(example: GoldenCase) throws {
        let evaluation = try COCOEvaluation(example.dataset, detections: example.found)
        #expect(fingerprint(evaluation.recall) == example.coco.recall)
        #expect(fingerprint(evaluation.precision) == example.coco.precision)
        #expect(fingerprint(evaluation.scores) == example.coco.scores)
    }

    @Test(arguments: try GoldenCase.all)
    func `does not depend on the number of threads`(example: GoldenCase) throws {
        let one = try COCOEvaluation(example.dataset, detections: example.found, threads: 1)
        let four = try COCOEvaluation(example.dataset, detections: example.found, threads: 4)
        #expect(one.precision == four.precision)
        #expect(one.scores == four.scores)
    }

    @Test func `refuses scores and boxes that are not numbers`() throws {
        let dataset = try GoldenCase.all[0].dataset
        let box = COCOBox(x: 0, y: 0, width: 1, height: 1)
        let nanScore = COCODetection(imageID: 1, categoryID: 1, box: box, score: .nan)
        #expect(throws: EvaluationError.notANumber(field: "score", entry: "detection 0")) {
            try COCOEvaluation(dataset, detections: [nanScore])
        }
        let endless = COCOBox(x: 0, y: 0, width: .infinity, height: 1)
        #expect(throws: EvaluationError.notANumber(field: "box", entry: "detection 0")) {
            try COCOEvaluation(dataset, detections: [COCODetection(imageID: 1, categoryID: 1, box: endless, score: 1)])
        }
    }

    @Test func `refuses unknown images and repeated annotations`() throws {
        var dataset = try GoldenCase.all[0].dataset
        let stray = COCODetection(imageID: -1, categoryID: 1, box: COCOBox(x: 0, y: 0, width: 1, height: 1), score: 1)
        #expect(throws: EvaluationError.unknownImage(-1, entry: "detection 0")) {
            try COCOEvaluation(dataset, detections: [stray])
        }
        dataset.annotations.append(dataset.annotations[0])
        #expect(throws: EvaluationError.repeatedAnnotation(1)) { try COCOEvaluation(dataset, detections: []) }
    }
}
