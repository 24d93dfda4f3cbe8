import Testing
@testable import ApusMetrics

@Suite struct COCOKeypointTests {
    @Test(arguments: try COCOShapeCase.keypoints)
    func `equals pycocotools in every number`(example: COCOShapeCase) throws {
        example.coco.expectEqual(try example.evaluation(.keypoints))
    }

    @Test(arguments: try COCOShapeCase.keypoints, EvaluationProfile.allCases)
    func `metrics of every profile stand beside the numbers`(
        example: COCOShapeCase, profile: EvaluationProfile
    ) throws {
        let (dataset, detections) = try example.read(.keypoints)
        let metrics = try evaluateCOCO(
            dataset, detections: detections, type: .keypoints, profile: profile,
            sigmas: try #require(example.sigmas))
        #expect(metrics.profile == profile)
        guard profile == .coco else { return }
        let stats = metrics.stats.map { $0 ?? -1 }
        let expected = try example.evaluation(.keypoints).stats
        #expect([0, 1, 2, 4, 5, 10, 11].map { stats[$0] } == [0, 1, 2, 3, 4, 8, 9].map { expected[$0] })
    }

    @Test func `refuses another number of keypoints, bad sigmas and points that are not numbers`() throws {
        var (dataset, detections) = try COCOShapeCase.keypoints[0].read(.keypoints)
        #expect(throws: EvaluationError.unusableSigmas([0.1, 0])) {
            try COCOEvaluation(dataset, detections: detections, type: .keypoints, sigmas: [0.1, 0])
        }
        #expect(throws: EvaluationError.unusableSigmas([])) {
            try COCOEvaluation(dataset, detections: detections, type: .keypoints, sigmas: [])
        }
        detections[0].keypoints[4] = .nan
        #expect(throws: EvaluationError.notANumber(field: "keypoints", entry: "detection 0")) {
            try COCOEvaluation(dataset, detections: detections, type: .keypoints)
        }
        detections[0].keypoints.removeLast()
        #expect(throws: EvaluationError.keypointCount(50, expected: 17, entry: "detection 0")) {
            try COCOEvaluation(dataset, detections: detections, type: .keypoints)
        }
        dataset.annotations[0].keypoints = []
        #expect(throws: EvaluationError.keypointCount(0, expected: 17, entry: "annotation 1")) {
            try COCOEvaluation(dataset, detections: [], type: .keypoints)
        }
    }

    @Test func `sums round as NumPy's`() {
        // 0.1 four hundred times: NumPy says 40.00000000000001, a running sum 40.00000000000046.
        func sum(_ count: Int) -> Double {
            Array(repeating: 0.1, count: count).withUnsafeBufferPointer { pairwiseSum($0) }
        }
        #expect(sum(7) == 0.1 * 3 + 0.1 + 0.1 + 0.1 + 0.1)
        #expect(abs(sum(400) - 40) < 1e-13)
    }
}
