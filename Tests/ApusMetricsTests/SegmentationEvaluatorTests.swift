import ApusVision
import FoundationEssentials
import Testing
@testable import ApusMetrics

@Suite struct SegmentationEvaluatorTests {
    private static let side = 1000

    /// The rectangle as a mask, in an image large enough for every golden.
    private func mask(_ box: BoundingBox) throws -> InstanceMask {
        let (left, top) = (max(0, Int(box.minX)), max(0, Int(box.minY)))
        let (right, bottom) = (max(left, Int(box.maxX)), max(top, Int(box.maxY)))
        return try InstanceMask(
            width: Self.side, height: Self.side, left: left, top: top, windowWidth: right - left,
            windowHeight: bottom - top, bytes: Array(repeating: 1, count: (right - left) * (bottom - top)))
    }

    private func box(_ row: ArraySlice<Double>) -> BoundingBox {
        let values = row.map(Float.init)
        return BoundingBox(
            minX: values[0], minY: values[1], maxX: values[0] + values[2], maxY: values[1] + values[3])
    }

    private func evaluator(
        _ example: GoldenCase, profile: EvaluationProfile, images: [Int]
    ) throws -> SegmentationEvaluator {
        var evaluator = SegmentationEvaluator(classNames: example.categories.map { "\($0)" }, profile: profile)
        let classes = example.categories
        for image in images {
            var truths: [LabeledMask] = []
            for row in example.truths where Int(row[1]) == image {
                let label = try #require(classes.firstIndex(of: Int(row[2])))
                let box = box(row[3...6])
                truths.append(LabeledMask(try mask(box), box: box, label: label, isCrowd: row[8] == 1))
            }
            var found: [DetectedMask] = []
            for row in example.detections where Int(row[0]) == image {
                let label = try #require(classes.firstIndex(of: Int(row[1])))
                let box = box(row[2...5])
                found.append(
                    DetectedMask(Detection(box, label: label, score: Float(row[6])), mask: try mask(box)))
            }
            try evaluator.add(
                imageID: image, width: Self.side, height: Self.side, truths: truths, detections: found)
        }
        return evaluator
    }

    /// Sets of whole pixels inside the image: a box and its mask overlap alike.
    private static func wholePixels() throws -> [GoldenCase] {
        try GoldenCase.all.filter { example in
            let boxes = example.truths.map { $0[3...6] } + example.detections.map { $0[2...5] }
            return boxes.joined().allSatisfy { $0 >= 0 && $0 == $0.rounded() && $0 < 500 }
                && example.categories == example.categories.sorted()
        }
    }

    @Test(arguments: try wholePixels(), EvaluationProfile.allCases)
    func `masks that fill their boxes have the boxes' numbers`(
        example: GoldenCase, profile: EvaluationProfile
    ) throws {
        let metrics = try evaluator(example, profile: profile, images: example.images).evaluate()
        #expect(metrics.masks.stats == metrics.boxes.stats)
        #expect(metrics.masks.confusion == metrics.boxes.confusion)
        #expect(metrics.values["mask/mAP50"] == metrics.values["mAP50"])
        #expect(metrics.fitness == metrics.masks.mAP50_95 ?? 0)
        #expect(metrics.headline.map(\.name) == ["mAP50", "mAP50-95", "mask/mAP50", "mask/mAP50-95"])
    }

    @Test func `there are sets of whole pixels to compare`() throws {
        #expect(try Self.wholePixels().contains { $0.detections.count > 10 })
    }

    @Test(arguments: try wholePixels())
    func `does not depend on the order of images, on merging or on threads`(example: GoldenCase) throws {
        let whole = try evaluator(example, profile: .coco, images: example.images)
        let reversed = try evaluator(example, profile: .coco, images: example.images.reversed())
        #expect(whole.evaluate(threads: 1) == reversed.evaluate(threads: 3))
        var first = try evaluator(example, profile: .coco, images: Array(example.images.prefix(1)))
        try first.merge(evaluator(example, profile: .coco, images: Array(example.images.dropFirst())))
        #expect(first.evaluate() == whole.evaluate())
        #expect(throws: EvaluationError.self) { try first.merge(whole) }
    }

    @Test func `JSON comes back as it was`() throws {
        let metrics = try evaluator(GoldenCase.all[1], profile: .coco, images: GoldenCase.all[1].images).evaluate()
        #expect(try JSONDecoder().decode(SegmentationMetrics.self, from: Data(metrics.jsonData())) == metrics)
    }

    @Test func `refuses masks of another image and keeps what it has`() throws {
        var evaluator = SegmentationEvaluator(classNames: ["a"])
        let box = BoundingBox(minX: 0, minY: 0, maxX: 2, maxY: 2)
        let truth = LabeledMask(try mask(box), box: box, label: 0)
        #expect(throws: EvaluationError.self) {
            try evaluator.add(imageID: 1, width: 9, height: 9, truths: [truth], detections: [])
        }
        #expect(throws: EvaluationError.notANumber(field: "score", entry: "image 1, detection")) {
            let found = DetectedMask(Detection(box, label: 0, score: .nan), mask: truth.mask)
            try evaluator.add(imageID: 1, width: Self.side, height: Self.side, truths: [truth], detections: [found])
        }
        #expect(evaluator.imageCount == 0)
        try evaluator.add(imageID: 1, width: Self.side, height: Self.side, truths: [truth], detections: [])
        #expect(evaluator.evaluate().masks.mAP50 == 0)
    }
}
