import ApusVision
import Testing
@testable import ApusMetrics

@Suite struct COCOMaskTests {
    struct PolygonCase: Decodable {
        var ring: [Double]
        var counts: String
    }

    @Test func `polygons cover the pixels that COCO says`() throws {
        for example in try golden("coco_polygons.json", as: [PolygonCase].self) {
            let expected = try #require(RunLengthMask(width: 96, height: 72, compressed: example.counts))
            #expect(try InstanceMask(rings: [example.ring], width: 96, height: 72) == InstanceMask(expected))
        }
    }

    @Test(arguments: try COCOShapeCase.masks)
    func `equals pycocotools in every number`(example: COCOShapeCase) throws {
        example.coco.expectEqual(try example.evaluation(.masks))
    }

    @Test(arguments: try COCOShapeCase.masks)
    func `does not depend on the number of threads`(example: COCOShapeCase) throws {
        let one = try example.evaluation(.masks, threads: 1)
        let four = try example.evaluation(.masks, threads: 4)
        #expect(one.precision == four.precision && one.scores == four.scores)
    }

    @Test(arguments: try COCOShapeCase.masks, EvaluationProfile.allCases)
    func `metrics of every profile stand beside the numbers`(
        example: COCOShapeCase, profile: EvaluationProfile
    ) throws {
        let (dataset, detections) = try example.read(.masks)
        let metrics = try evaluateCOCO(dataset, detections: detections, type: .masks, profile: profile)
        #expect(metrics.profile == profile)
        guard profile == .coco else { return }
        #expect(metrics.stats.map { $0 ?? -1 } == (try example.evaluation(.masks).stats))
    }

    @Test func `refuses masks that do not fit`() throws {
        var (dataset, detections) = try COCOShapeCase.masks[0].read(.masks)
        let other = try #require(RunLengthMask(width: 2, height: 2, counts: [1, 3]))
        detections[0].segmentation = .runs(other)
        #expect(
            throws: EvaluationError.unusableMask(entry: "detection 0", reason: "a mask of 2×2 in an image of 96×72")
        ) {
            try COCOEvaluation(dataset, detections: detections, type: .masks)
        }
        detections[0].segmentation = nil
        #expect(throws: EvaluationError.unusableMask(entry: "detection 0", reason: "no segmentation")) {
            try COCOEvaluation(dataset, detections: detections, type: .masks)
        }
        dataset.annotations[0].segmentation = .polygons([[1, 2, 3, 4]])
        #expect(throws: EvaluationError.self) { try COCOEvaluation(dataset, detections: [], type: .masks) }
        dataset.annotations[0].segmentation = .polygons([[1, 2, 3, 4, .nan, 6]])
        #expect(throws: EvaluationError.self) { try COCOEvaluation(dataset, detections: [], type: .masks) }
        dataset.annotations[0].segmentation = .polygons([[1, 2, 3, 4, 1e300, 6]])
        #expect(throws: EvaluationError.self) { try COCOEvaluation(dataset, detections: [], type: .masks) }
    }

    @Test(arguments: [
        #"{"size":[2,2],"counts":[1,1]}"#, #"{"size":[2],"counts":[4]}"#, #"{"size":[2,2],"counts":"~~"}"#, "{}",
        #"{"size":[1e300,2],"counts":[4]}"#, #"{"size":[2,2],"counts":[1.5,2.5]}"#, #"[["a"]]"#, "3",
    ])
    func `refuses damaged segmentations`(segmentation: String) throws {
        let path = try temporaryFile(
            #"[{"image_id":1,"category_id":1,"score":1,"segmentation":\#(segmentation)}]"#)
        #expect(throws: EvaluationError.self) { try COCODetection.read(contentsOf: path, for: .masks) }
        #expect(throws: EvaluationError.self) { try COCODetection.read(contentsOf: path) }
    }
}
