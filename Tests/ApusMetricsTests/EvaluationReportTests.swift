@testable import ApusVision
import Testing
@testable import ApusMetrics

@Suite struct EvaluationReportTests {
    private static let hostile = "<script>alert('x')</script>\"&"

    private func report(classes: [String]) throws -> EvaluationReport {
        let box = BoundingBox(minX: 1, minY: 1, maxX: 30, maxY: 30)
        var evaluator = DetectionEvaluator(classNames: classes)
        try evaluator.add(
            imageID: 1, width: 40, height: 40, truths: [LabeledBox(box, label: 0)],
            detections: [Detection(box, label: 0, score: 0.5)])
        let metrics = evaluator.evaluate()
        let images = [[0x89, 0x50, 0x4e, 0x47], [0xff, 0xd8, 0xff], [1, 2]].map {
            ReportImage(
                name: Self.hostile, bytes: $0, width: 40, height: 40, truths: [LabeledBox(box, label: 0)],
                detections: [Detection(box, label: 99, score: 0.5)], result: metrics.images[0])
        }
        return EvaluationReport(
            title: Self.hostile, metrics: metrics, details: [(Self.hostile, Self.hostile)], images: images)
    }

    @Test func `nothing from outside becomes markup, and nothing is fetched`() throws {
        let html = try report(classes: [Self.hostile, "plain"]).html()
        #expect(!html.contains("<script"))
        #expect(html.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;"))
        for address in ["http://", "https://", "src=\"/", "@import", "url("] { #expect(!html.contains(address)) }
    }

    @Test func `has every section, with – for what is missing`() throws {
        let html = try report(classes: ["a", "b"]).html()
        for part in ["mAP50-95", "Curves", "Classes", "Object sizes", "Confusion", "Images with the most errors"] {
            #expect(html.contains(part))
        }
        #expect(html.contains("data:image/png;base64,iVBORw=="))
        #expect(html.contains("data:image/jpeg;base64,/9j/"))
        #expect(html.contains("not a PNG or JPEG file"))
        #expect(html.contains("<td>–</td>"))
    }

    @Test func `many classes become a list of confusions`() throws {
        let html = try report(classes: (0..<80).map { "class \($0)" }).html()
        #expect(html.contains("taken for"))
        #expect(!html.contains("class=\"heat\""))
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
}
