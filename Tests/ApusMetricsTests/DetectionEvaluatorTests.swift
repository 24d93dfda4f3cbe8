import ApusVision
import FoundationEssentials
import Testing
@testable import ApusMetrics

@Suite struct DetectionEvaluatorTests {
    private func box(_ x: Float, _ y: Float, _ size: Float = 10) -> BoundingBox {
        BoundingBox(minX: x, minY: y, maxX: x + size, maxY: y + size)
    }

    /// The golden's boxes through the evaluator, images in the order given.
    private func evaluator(
        _ example: GoldenCase, profile: EvaluationProfile, images: [Int]
    ) throws -> DetectionEvaluator {
        let classes = example.categories.sorted()
        var evaluator = DetectionEvaluator(classNames: classes.map { "\($0)" }, profile: profile)
        for image in images {
            try evaluator.add(
                imageID: image, width: 640, height: 480,
                truths: example.truths.filter { Int($0[1]) == image }.compactMap { row in
                    classes.firstIndex(of: Int(row[2])).map {
                        LabeledBox(golden(row[3...6]), label: $0, isCrowd: row[8] == 1)
                    }
                },
                detections: example.detections.filter { Int($0[0]) == image }.compactMap { row in
                    classes.firstIndex(of: Int(row[1])).map {
                        Detection(golden(row[2...5]), label: $0, score: Float(row[6]))
                    }
                })
        }
        return evaluator
    }

    private func golden(_ row: ArraySlice<Double>) -> BoundingBox {
        let values = row.map(Float.init)
        return BoundingBox(
            minX: values[0], minY: values[1], maxX: values[0] + values[2], maxY: values[1] + values[3])
    }

    /// Sets of whole pixels, which pass through `Float` unchanged; AP50 does not depend on the areas of segments.
    @Test(
        arguments: try GoldenCase.all.filter { ["ties", "exact thresholds", "no truths", "perfect"].contains($0.name) })
    func `agrees with the COCO values of the same boxes`(example: GoldenCase) throws {
        let metrics = try evaluator(example, profile: .coco, images: example.images).evaluate()
        #expect(abs((metrics.mAP50 ?? -1) - example.coco.stats[1]) < 1e-12)
    }

    @Test(arguments: try GoldenCase.all)
    func `profile ultralytics equals its reference`(example: GoldenCase) throws {
        let metrics = try evaluateCOCO(example.dataset, detections: example.found, profile: .ultralytics82)
        #expect(metrics.profile == .ultralytics82)
        guard let expected = example.ultralytics.mAP50, let average = example.ultralytics.mAP50To95 else {
            #expect(metrics.mAP50 == nil)
            return
        }
        #expect(abs(try #require(metrics.mAP50) - expected) < 1e-12)
        #expect(abs(try #require(metrics.mAP50_95) - average) < 1e-12)
    }

    @Test(arguments: try GoldenCase.all)
    func `does not depend on the order of images, on merging or on threads`(example: GoldenCase) throws {
        let whole = try evaluator(example, profile: .coco, images: example.images)
        let reversed = try evaluator(example, profile: .coco, images: example.images.reversed())
        #expect(whole.evaluate(threads: 1) == reversed.evaluate(threads: 3))
        var first = try evaluator(example, profile: .coco, images: Array(example.images.prefix(1)))
        try first.merge(evaluator(example, profile: .coco, images: Array(example.images.dropFirst())))
        #expect(first.evaluate() == whole.evaluate())
    }

    @Test(arguments: try GoldenCase.all)
    func `counts are consistent`(example: GoldenCase) throws {
        let metrics = try evaluator(example, profile: .coco, images: example.images).evaluate()
        let found = metrics.images.reduce(0) { $0 + $1.truePositives }
        let missed = metrics.images.reduce(0) { $0 + $1.falseNegatives }
        #expect(found + missed == metrics.instanceCount)
        #expect(metrics.perClass.reduce(0) { $0 + $1.instances } == metrics.instanceCount)
        let rows = metrics.confusion.counts.dropLast().map { $0.reduce(0, +) }
        #expect(rows == metrics.perClass.map(\.instances))
        #expect(metrics.images.map(\.errors) == metrics.images.map(\.errors).sorted(by: >))
    }

    @Test(arguments: try GoldenCase.all, EvaluationProfile.allCases)
    func `JSON comes back as it was, with null for what is missing`(
        example: GoldenCase, profile: EvaluationProfile
    ) throws {
        let metrics = try evaluateCOCO(example.dataset, detections: example.found, profile: profile)
        let bytes = metrics.jsonData()
        #expect(try JSONDecoder().decode(DetectionMetrics.self, from: Data(bytes)) == metrics)
        #expect(bytes == metrics.jsonData())
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("\"mAP50-95\" : " + (metrics.mAP50_95 == nil ? "null" : "")))
    }

    @Test func `reads precision, recall and confusion off a small scene`() throws {
        var evaluator = DetectionEvaluator(classNames: ["cat", "dog", "bird"])
        try evaluator.add(
            imageID: 1, width: 100, height: 100,
            truths: [(0, 0, 0), (50, 50, 1), (80, 0, 1)].map { LabeledBox(box($0, $1), label: $2) },
            detections: [
                Detection(box(0, 0), label: 0, score: 0.9), Detection(box(50, 50), label: 0, score: 0.8),
                Detection(box(80, 0), label: 1, score: 0.7), Detection(box(20, 80), label: 1, score: 0.1),
            ])
        let metrics = evaluator.evaluate()
        #expect(metrics.instanceCount == 3)
        #expect(metrics.confusion.counts == [[1, 0, 0, 0], [1, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]])
        #expect(metrics.perClass[0].precision == 0.5)
        #expect(metrics.perClass[1].recall == 0.5)
        #expect(metrics.perClass[2].ap == nil)
        #expect(metrics.recall == 0.75)
        #expect(metrics.images == [ImageResult(imageID: 1, truePositives: 2, falsePositives: 1, falseNegatives: 1)])
        #expect(metrics.values["AP50/cat"] == metrics.perClass[0].ap50)
        #expect(metrics.values["AP50/bird"] == nil)
    }

    @Test func `a crowd is neither missed nor a mistake`() throws {
        var evaluator = DetectionEvaluator(classNames: ["sheep"])
        try evaluator.add(
            imageID: 1, width: 100, height: 100,
            truths: [LabeledBox(box(0, 0), label: 0), LabeledBox(box(50, 50, 40), label: 0, isCrowd: true)],
            detections: [
                Detection(box(0, 0), label: 0, score: 0.9), Detection(box(55, 55), label: 0, score: 0.95),
                Detection(box(70, 70), label: 0, score: 0.95),
            ])
        let metrics = evaluator.evaluate()
        #expect(abs(try #require(metrics.mAP50) - 1) < 1e-12)
        #expect(metrics.confusion.counts == [[1, 0], [0, 0]])
    }

    @Test func `an empty evaluation has no numbers`() {
        let metrics = DetectionEvaluator(classNames: ["a"]).evaluate()
        #expect(metrics.stats.allSatisfy { $0 == nil })
        #expect(metrics.values.isEmpty)
        #expect(metrics.confidence == nil)
        #expect(DetectionEvaluator(classNames: []).evaluate().perClass.isEmpty)
    }

    @Test func `refuses what cannot be evaluated and keeps what it has`() throws {
        var evaluator = DetectionEvaluator(classNames: ["a"])
        try evaluator.add(imageID: 1, width: 9, height: 9, truths: [], detections: [])
        #expect(throws: EvaluationError.repeatedImage(1)) {
            try evaluator.add(imageID: 1, width: 9, height: 9, truths: [], detections: [])
        }
        #expect(throws: EvaluationError.notANumber(field: "score", entry: "image 2, detection")) {
            try evaluator.add(
                imageID: 2, width: 9, height: 9, truths: [], detections: [Detection(box(0, 0), label: 0, score: .nan)])
        }
        #expect(throws: EvaluationError.notANumber(field: "box", entry: "image 2, ground truth")) {
            try evaluator.add(
                imageID: 2, width: 9, height: 9, truths: [LabeledBox(box(.nan, 0), label: 0)], detections: [])
        }
        #expect(throws: EvaluationError.labelOutOfRange(1, classes: 1, imageID: 2)) {
            try evaluator.add(
                imageID: 2, width: 9, height: 9, truths: [LabeledBox(box(0, 0), label: 1)], detections: [])
        }
        #expect(evaluator.imageCount == 1)
    }
}
