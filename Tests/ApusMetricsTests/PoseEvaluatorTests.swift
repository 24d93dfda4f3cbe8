import ApusVision
import FoundationEssentials
import Testing
@testable import ApusMetrics

@Suite struct PoseEvaluatorTests {
    /// A golden's poses through the evaluator; those whose detections have boxes, as a model's have.
    private func evaluator(_ example: COCOShapeCase, images: [Int]? = nil) throws -> PoseEvaluator {
        let classes = example.truth.categories.map(\.id).sorted()
        var evaluator = try PoseEvaluator(classNames: classes.map { "\($0)" }, sigmas: try #require(example.sigmas))
        for image in images ?? example.truth.images.map(\.id) {
            var truths: [LabeledPose] = []
            for row in example.truth.annotations where row.image_id == image {
                let keypoints = try #require(Keypoints(coco: (row.keypoints ?? []).map { Float($0) }))
                truths.append(
                    LabeledPose(
                        keypoints, box: try box(row.bbox), label: try #require(classes.firstIndex(of: row.category_id)),
                        area: row.area, isCrowd: row.iscrowd == 1))
            }
            var found: [Detection] = []
            for row in example.found where row.image_id == image {
                let keypoints = Keypoints(coco: (row.keypoints ?? []).map { Float($0) })
                found.append(
                    Detection(
                        try box(row.bbox), label: try #require(classes.firstIndex(of: row.category_id)),
                        score: Float(row.score ?? 0), keypoints: keypoints))
            }
            try evaluator.add(imageID: image, width: 640, height: 480, truths: truths, detections: found)
        }
        return evaluator
    }

    private func box(_ values: [Double]?) throws -> BoundingBox {
        let values = try #require(values).map { Float($0) }
        return BoundingBox(
            minX: values[0], minY: values[1], maxX: values[0] + values[2], maxY: values[1] + values[3])
    }

    private static func withBoxes() throws -> [COCOShapeCase] {
        try COCOShapeCase.keypoints.filter { $0.found.allSatisfy { $0.bbox != nil } && !$0.found.isEmpty }
    }

    /// Coordinates pass through `Float`, which moves no overlap over a threshold in these sets.
    @Test(arguments: try withBoxes())
    func `has the ten numbers of COCO's keypoints`(example: COCOShapeCase) throws {
        let metrics = try evaluator(example).evaluate()
        for (ours, theirs) in zip(metrics.stats, example.coco.stats) { #expect(abs((ours ?? -1) - theirs) < 1e-12) }
        #expect(metrics.values["pose/mAP50-95"] == metrics.stats[0])
        #expect(metrics.values["pose/AR"] == metrics.stats[5])
        #expect(metrics.fitness == metrics.stats[0])
        #expect(try JSONDecoder().decode(PoseMetrics.self, from: Data(metrics.jsonData())) == metrics)
    }

    @Test(arguments: try withBoxes())
    func `does not depend on the order of images or on merging`(example: COCOShapeCase) throws {
        let images = example.truth.images.map(\.id)
        let whole = try evaluator(example).evaluate()
        let reversed = try evaluator(example, images: images.reversed()).evaluate(threads: 1)
        #expect(reversed.poses == whole.poses && reversed.stats == whole.stats)
        var first = try evaluator(example, images: Array(images.prefix(2)))
        try first.merge(evaluator(example, images: Array(images.dropFirst(2))))
        #expect(first.evaluate().poses == whole.poses)
    }

    private let box = BoundingBox(minX: 0, minY: 0, maxX: 100, maxY: 50)

    private func pose(_ shift: Float, marked: Int = 2) -> Keypoints {
        Keypoints(
            [(10, 10), (60, 40)].enumerated().map { index, point in
                Keypoint(x: point.0 + shift, y: point.1, visibility: index < marked ? .visible : .absent)
            })
    }

    @Test func `counts points that are near enough for the box`() throws {
        var evaluator = try PoseEvaluator(classNames: ["a"], keypointNames: ["nose"], sigmas: [0.1, 0.05])
        try evaluator.add(
            imageID: 1, width: 640, height: 480, truths: [LabeledPose(pose(0), box: box)],
            detections: [Detection(box, label: 0, score: 0.9, keypoints: pose(7))])
        let keypoints = evaluator.evaluate().keypoints
        #expect(keypoints.all.pck == [0, 1, 1])
        #expect(keypoints.perPoint.map(\.name) == ["nose", "1"])
        // 49 / (2 · 5000 · (2σ)²)
        #expect(abs(try #require(keypoints.perPoint[0].oks) - 0.884_705_9) < 1e-6)
        #expect(abs(try #require(keypoints.perPoint[1].oks) - 0.612_626_4) < 1e-6)
    }

    @Test func `each detection stands for one object, and a missed object has no point`() throws {
        var evaluator = try PoseEvaluator(classNames: ["a"], sigmas: [0.1, 0.1])
        try evaluator.add(
            imageID: 1, width: 640, height: 480,
            truths: [
                LabeledPose(pose(0), box: box), LabeledPose(pose(1), box: box),
                LabeledPose(pose(2, marked: 0), box: box),
            ],
            detections: [Detection(box, label: 0, score: 0.9, keypoints: pose(1))])
        let metrics = evaluator.evaluate()
        #expect(metrics.keypoints.all.marked == 4)
        #expect(metrics.keypoints.all.pck == [0.5, 0.5, 0.5])
        #expect(metrics.poses.instanceCount == 2)
    }

    @Test func `profile ultralytics takes a part of the box for the area, and misses who has no marks`() throws {
        for (profile, sigma) in [(EvaluationProfile.coco, 0.1), (.ultralytics82, 0.1 / 0.53.squareRoot())] {
            var evaluator = try PoseEvaluator(classNames: ["a"], sigmas: [sigma, sigma], profile: profile)
            let truth = LabeledPose(pose(0), box: box)
            let unmarked = LabeledPose(pose(0, marked: 0), box: box)
            try evaluator.add(
                imageID: 1, width: 640, height: 480, truths: profile == .coco ? [truth] : [truth, unmarked],
                detections: [Detection(box, label: 0, score: 0.9, keypoints: pose(10))])
            let metrics = evaluator.evaluate()
            #expect(metrics.poses.instanceCount == (profile == .coco ? 1 : 2))
            #expect(abs(try #require(metrics.keypoints.all.oks) - 0.778_800_8) < 1e-6)
            #expect(metrics.stats.isEmpty == (profile != .coco))
        }
    }

    /// Three images: two near points, one, and a missed object.
    private func scenes(_ images: [Int], findsBoxes: Bool = true) throws -> PoseEvaluator {
        var evaluator = try PoseEvaluator(classNames: ["a"], sigmas: [0.1, 0.05], findsBoxes: findsBoxes)
        for image in images {
            let found = Detection(box, label: 0, score: 0.9, keypoints: pose(Float(image)))
            try evaluator.add(
                imageID: image, width: 640, height: 480,
                truths: [LabeledPose(pose(0, marked: 2 - image % 2), box: box)],
                detections: image < 20 ? [found] : [])
        }
        return evaluator
    }

    @Test func `parts of the images have their own accuracy of points`() throws {
        let images = [21, 7, 2]
        let (metrics, matches) = try scenes(images).evaluateWithMatches()
        func check(_ sampled: SampledMetrics, _ values: [String: Double]) throws {
            for name in ["pose/PCK-0.05", "pose/PCK-0.1", "pose/PCK-0.2", "pose/mean_OKS"] {
                #expect(abs(try #require(sampled[name]) - (try #require(values[name]))) < 1e-15, "\(name)")
            }
        }
        try check(matches.metrics(weights: [1, 1, 1]), metrics.values)
        #expect(metrics.keypoints.all.marked == 4)
        for (index, image) in images.sorted().enumerated() {
            let part = try matches.metrics(on: ImageSlice(name: "one", imageIDs: [image]))
            try check(part, try scenes([image]).evaluate().values)
            #expect(
                matches.metrics(weights: (0..<3).map { $0 == index ? 4 : 0 })["pose/PCK-0.1"] == part["pose/PCK-0.1"])
        }
        #expect(try #require(try matches.bootstrap(draws: 40).interval("pose/mean_OKS")).lower < 0.9)
        let stored = try JSONDecoder().decode(MatchedResults.self, from: JSONEncoder().encode(matches))
        #expect(stored == matches)
    }

    @Test func `who is told the boxes has no numbers of boxes`() throws {
        let (metrics, matches) = try scenes([1, 2], findsBoxes: false).evaluateWithMatches()
        let values = matches.metrics(weights: [1, 1]).values
        for name in ["mAP50", "mAP50-95", "AP/a"] { #expect(metrics.values[name] == nil && values[name] == nil) }
        #expect(metrics.headline.map(\.name) == ["pose/mAP50", "pose/mAP50-95", "pose/PCK-0.1"])
        #expect(metrics.values["pose/mAP50-95"] == values["pose/mAP50-95"])
        #expect(!String(decoding: metrics.jsonData(), as: UTF8.self).contains("boxes"))
        #expect(try JSONDecoder().decode(PoseMetrics.self, from: Data(metrics.jsonData())) == metrics)
        #expect(matches.metrics(weights: [1, 1]).instanceCount == 2)
        #expect(!EvaluationReport(title: "a", metrics: metrics).html().contains("The same of boxes"))
        let other = try scenes([3], findsBoxes: false)
        var merged = try scenes([1, 2], findsBoxes: false)
        try merged.merge(other)
        #expect(merged.imageCount == 3 && merged.evaluate().boxes == nil)
    }

    @Test func `refuses what cannot be evaluated and keeps what it has`() throws {
        #expect(throws: EvaluationError.unusableSigmas([])) { try PoseEvaluator(classNames: ["a"], sigmas: []) }
        var evaluator = try PoseEvaluator(classNames: ["a"], sigmas: [0.1, 0.1])
        #expect(throws: EvaluationError.keypointCount(0, expected: 2, entry: "image 1, detection")) {
            try evaluator.add(
                imageID: 1, width: 9, height: 9, truths: [], detections: [Detection(box, label: 0, score: 1)])
        }
        #expect(throws: EvaluationError.notANumber(field: "keypoints", entry: "image 1, ground truth")) {
            try evaluator.add(
                imageID: 1, width: 9, height: 9, truths: [LabeledPose(pose(.nan), box: box)], detections: [])
        }
        #expect(evaluator.imageCount == 0)
        #expect(evaluator.evaluate().keypoints.all.oks == nil)
    }
}
