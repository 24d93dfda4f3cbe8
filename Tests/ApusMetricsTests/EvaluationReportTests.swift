@testable import ApusVision
import Testing
@testable import ApusMetrics

@Suite struct EvaluationReportTests {
    private static let hostile = "</script><script>alert('x')</script>\"&|`*"
    private static let names = [hostile, "прозрачная 容器", String(repeating: "long ", count: 60)]
    private static let box = BoundingBox(minX: 1, minY: 1, maxX: 30, maxY: 30)

    private static func boxes(_ classes: [String]) throws -> DetectionMetrics {
        var evaluator = DetectionEvaluator(classNames: classes)
        try evaluator.add(
            imageID: 1, width: 40, height: 40, truths: [LabeledBox(box, label: 0)],
            detections: [Detection(box, label: 0, score: 0.5)])
        return evaluator.evaluateWithMatches().metrics
    }

    /// The metrics of every task.
    private static func metrics(_ classes: [String]) throws -> [any TaskMetrics] {
        let mask = try InstanceMask(rings: [[1, 1, 30, 1, 30, 30]], width: 40, height: 40)
        var segments = SegmentationEvaluator(classNames: classes)
        try segments.add(
            imageID: 1, width: 40, height: 40, truths: [LabeledMask(mask, box: box, label: 0)],
            detections: [DetectedMask(Detection(box, label: 0, score: 0.5), mask: mask)])
        let points = Keypoints([Keypoint(x: 3, y: 4), Keypoint(x: 9, y: 9, visibility: .absent)])
        var poses = try PoseEvaluator(classNames: classes, keypointNames: [hostile], sigmas: [0.1, 0.1])
        try poses.add(
            imageID: 1, width: 40, height: 40, truths: [LabeledPose(points, box: box)],
            detections: [Detection(box, label: 0, score: 0.5, keypoints: points)])
        let square = OrientedRectangle(centerX: 9, centerY: 9, width: 4, height: 6, angle: 0.3)
        var turned = OrientedEvaluator(classNames: classes)
        try turned.add(
            imageID: 1, truths: [LabeledRectangle(square, label: 0)],
            detections: [DetectedRectangle(square, label: 0, score: 0.5)])
        var images = ClassificationEvaluator(classNames: classes)
        let sure = classes.indices.map { $0 == 0 ? Float(1) : 0 }
        try images.add(imageID: 1, probabilities: sure, label: min(1, classes.count - 1))
        return [
            try boxes(classes), segments.evaluateWithMatches().metrics, poses.evaluateWithMatches().metrics,
            turned.evaluateWithMatches().metrics, images.evaluate(),
        ]
    }

    private static func report(_ metrics: any TaskMetrics) -> EvaluationReport {
        var found = ReportObject(.found, box: box, text: hostile)
        found.points = [SIMD2(3, 4), nil, SIMD2(.nan, 1)]
        found.bones = [SIMD2(0, 1), SIMD2(0, 9)]
        found.marks = [SIMD2(4, 4)]
        var region = ReportObject(.invented, box: box, text: "b")
        (region.outlines, region.isFilled) = ([[SIMD2(1, 1), SIMD2(9, 1), SIMD2(9, 9)]], true)
        let objects = [found, region, ReportObject(.missed, box: box, text: "c")]
        let images = [[0x89, 0x50, 0x4e, 0x47], [0xff, 0xd8, 0xff], [1, 2]].map {
            ReportImage(name: hostile, bytes: $0, width: 40, height: 40, objects: objects, caption: hostile)
        }
        var report = EvaluationReport(title: hostile, metrics: metrics, details: [(hostile, hostile)], images: images)
        report.imageNames = [1: hostile]
        report.intervals = [metrics.fitnessName: 0.25...0.75]
        report.slices = [ReportSlice(name: hostile, imageCount: 1, instanceCount: 1, values: metrics.values)]
        report.baseline = ReportBaseline(name: hostile, values: metrics.values.mapValues { $0 - 0.125 })
        return report
    }

    @Test func `nothing from outside becomes markup, and nothing is fetched, whatever the task`() throws {
        for metrics in try Self.metrics(Self.names) {
            let html = Self.report(metrics).html()
            #expect(html.ranges(of: "<script").count == 1)
            #expect(!html.contains("alert('x')"))
            #expect(html.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;"))
            #expect(html.contains("прозрачная 容器"))
            let addresses = html.replacing("http://www.w3.org/2000/svg", with: "")
            for address in ["http://", "https://", "src=\"/", "@import", "url("] {
                #expect(!addresses.contains(address))
            }
            #expect(html.contains("default-src 'none'"))
        }
    }

    @Test func `every task has its parts, its interval and its differences`() throws {
        let objects = ["Curves", "Classes", "What errors cost", "Confusion", "Calibration"]
        let expected = [
            objects + ["Object sizes"], objects + ["The same of boxes"], objects + ["Keypoints", "The same of boxes"],
            objects, ["Classes", "Confusion", "Curves", "Calibration"],
        ]
        for (metrics, parts) in zip(try Self.metrics(Self.names), expected) {
            let html = Self.report(metrics).html()
            let common = [
                "Differences to the baseline", "Parts of the data", "Images with the most errors", "Image by image",
            ]
            for part in parts + common {
                #expect(html.contains(">\(part)"), "\(part)")
            }
            #expect(html.contains("0.250 – 0.750"))
            #expect(html.contains("+0.125"))
        }
    }

    @Test func `ids of a page differ`() throws {
        for metrics in try Self.metrics(["a", "b"]) {
            let html = Self.report(metrics).html()
            let ids = html.split(separator: " id=\"").dropFirst().compactMap { $0.split(separator: "\"").first }
            #expect(Set(ids).count == ids.count)
        }
    }

    @Test func `pictures show what was found, what is wrong and what was missed`() throws {
        let html = Self.report(try Self.boxes(["a"])).html()
        for part in ["class=\"shape found\"", "class=\"shape invented filled\"", "class=\"shape missed\""] {
            #expect(html.contains(part))
        }
        #expect(html.contains("data:image/png;base64,iVBORw=="))
        #expect(html.contains("data:image/jpeg;base64,/9j/"))
        #expect(html.contains("not a PNG or JPEG file"))
        #expect(!html.contains("nan"))
    }

    @Test func `words of a picture never cover each other`() {
        var labels = ReportLabels(width: 100, height: 100)
        let placed = (0..<40).map { _ in labels.place(ReportObject(.found, box: Self.box, text: "object 0.51")) }
        let texts = placed.filter { !$0.isEmpty }
        #expect(texts.count > 1 && texts.count < 10 && Set(texts).count == texts.count)
    }

    @Test func `many classes become a list of confusions and fewer lines`() throws {
        let html = Self.report(try Self.boxes((0..<80).map { "class \($0)" })).html()
        #expect(html.contains(">taken for<"))
        #expect(!html.contains("class=\"heat\""))
    }

    @Test func `nothing measured is shown as nothing`() {
        for metrics in [
            DetectionEvaluator(classNames: []).evaluate(), DetectionEvaluator(classNames: ["a"]).evaluate(),
        ] {
            let html = EvaluationReport(title: "none", metrics: metrics).html()
            #expect(html.contains("<strong>–</strong>"))
        }
        let images = ClassificationEvaluator(classNames: ["a"]).evaluate()
        #expect(EvaluationReport(title: "none", metrics: images).html().contains("<strong>–</strong>"))
    }

    @Test func `Markdown shows names as they are`() throws {
        for metrics in try Self.metrics(Self.names) {
            let text = Self.report(metrics).markdown()
            #expect(!text.contains("<script") && text.contains("\\|\\`\\*"))
            #expect(text.contains("| 95 % |") && text.contains("+0.125"))
            let rows = text.split(separator: "\n").filter { $0.hasPrefix("| ") }
            #expect(rows.count > 6)
        }
    }

    @Test func `a pairing is COCO's`() throws {
        let far = BoundingBox(minX: 50, minY: 50, maxX: 80, maxY: 80)
        let crowd = BoundingBox(minX: 100, minY: 0, maxX: 200, maxY: 100)
        let inside = BoundingBox(minX: 110, minY: 10, maxX: 130, maxY: 30)
        let pairing = ObjectPairing.boxes(
            [LabeledBox(Self.box, label: 0), LabeledBox(far, label: 1), LabeledBox(crowd, label: 0, isCrowd: true)],
            [
                Detection(Self.box, label: 0, score: 0.4), Detection(Self.box, label: 0, score: 0.9),
                Detection(far, label: 0, score: 0.8), Detection(inside, label: 0, score: 0.7),
            ])
        #expect(pairing.objects == [nil, 0, nil, nil])
        #expect(pairing.isInCrowd == [false, false, false, true])
        #expect(pairing.isMissed == [false, true, false])
    }

    @Test func `accuracy rises as the unsure are left out`() throws {
        var evaluator = ClassificationEvaluator(classNames: ["a", "b"])
        try evaluator.add(imageID: 1, probabilities: [0.9, 0.1], label: 0)
        try evaluator.add(imageID: 2, probabilities: [0.6, 0.4], label: 1)
        let (accuracy, kept) = evaluator.evaluate().confidenceCurves
        #expect(accuracy[0] == 0.5 && accuracy[70] == 1 && accuracy[95] == nil)
        #expect(kept[0] == 1 && kept[70] == 0.5 && kept[95] == 0)
    }

    @Test(arguments: [
        (0.12345, 3, "0.123"), (1, 3, "1.000"), (-0.0001, 3, "0.000"), (-1.5, 1, "−1.5"),
        (12, 0, "12"), (0.9996, 3, "1.000"),
    ])
    func `writes fixed decimals`(value: Double, decimals: Int, expected: String) {
        #expect(fixed(value, decimals) == expected)
        #expect(fixed(nil) == "–")
        #expect(fixed(.nan) == "–")
    }

    @Test func `differences have their sign`() {
        #expect(withSign(0.1234) == "+0.123" && withSign(-0.1234) == "−0.123" && withSign(0.0001) == "0.000")
        #expect(withSign(nil) == "–")
    }
}
