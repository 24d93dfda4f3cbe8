import ApusVision

/// An evaluation as one HTML page that needs nothing else: no network, no script, pictures inside.
public struct EvaluationReport: Sendable {
    public var title: String
    public var metrics: DetectionMetrics
    /// What was evaluated on what, in the order to show: model, dataset, split, date.
    public var details: [(name: String, value: String)]
    /// The pictures worth looking at, worst first.
    public var images: [ReportImage]

    public init(
        title: String, metrics: DetectionMetrics, details: [(name: String, value: String)] = [],
        images: [ReportImage] = []
    ) {
        (self.title, self.metrics, self.details, self.images) = (title, metrics, details, images)
    }

    /// The page. Whatever comes from outside is escaped.
    public func html() -> String {
        """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(escaped(title))</title><style>\(reportStyle)</style></head><body><main>
        <header><h1>\(escaped(title))</h1><p>\(summary)</p></header>
        \(headline)\(noteList)\(detailTable)\(curveSection)\(classSection)\(sizeSection)\
        \(confusionSection)\(imageSection)
        </main></body></html>

        """
    }

    private var summary: String {
        """
        \(metrics.imageCount) images, \(metrics.instanceCount) objects, \(metrics.detectionCount) detections; \
        profile <code>\(escaped(metrics.profile.rawValue))</code>
        """
    }

    private var headline: String {
        let cards = [
            ("mAP50-95", metrics.mAP50_95), ("mAP50", metrics.mAP50), ("precision", metrics.precision),
            ("recall", metrics.recall), ("F1", metrics.f1), ("at confidence", metrics.confidence),
        ]
        return "<section class=\"cards\">"
            + cards.map {
                "<div><span>\($0.0)</span><strong>\(fixed($0.1))</strong></div>"
            }.joined() + "</section>\n"
    }

    private var noteList: String {
        metrics.notes.map { "<p class=\"note\">\(escaped($0))</p>\n" }.joined()
    }

    private var detailTable: String {
        guard !details.isEmpty else { return "" }
        let rows = details.map { "<tr><th scope=\"row\">\(escaped($0.name))</th><td>\(escaped($0.value))</td></tr>" }
        return "<section><table class=\"details\">\(rows.joined())</table></section>\n"
    }

    private var imageSection: String {
        guard !images.isEmpty else { return "" }
        let classNames = metrics.perClass.map(\.name)
        return """
            <section><h2>Images with the most errors</h2>
            <p class="legend"><span><i class="truth"></i>ground truth</span>\
            <span><i class="found"></i>detection, with its score</span></p>
            <div class="images">\(images.map { $0.html(classNames: classNames) }.joined())</div></section>

            """
    }
}

extension EvaluationReport {
    private var curveSection: String {
        let confidence = metrics.confidence.map { (x: $0, label: "best F1 at \(fixed($0, 2))") }
        let charts = [
            chart("Precision over recall", x: "recall", y: "precision", marker: nil) { $0.precisionOverRecall },
            chart("F1 over confidence", x: "confidence", y: "F1", marker: confidence) { $0.f1 },
            chart("Precision over confidence", x: "confidence", y: "precision", marker: nil) { $0.precision },
            chart("Recall over confidence", x: "confidence", y: "recall", marker: nil) { $0.recall },
        ]
        return """
            <section><h2>Curves at overlap 0.5</h2><div class="charts">\(charts.joined())</div>
            \(legend)</section>

            """
    }

    private func chart(
        _ title: String, x: String, y: String, marker: (x: Double, label: String)?,
        _ values: (DetectionCurves.Series) -> [Double?]
    ) -> String {
        let present = metrics.curves.perClass.enumerated().filter { !$0.element.recall.isEmpty }
        let classes = present.map { index, series in
            SVGChart.Line(name: series.name, color: seriesColor(index), isBold: false, values: values(series))
        }
        let mean = SVGChart.Line(
            name: "mean over classes", color: "var(--ink)", isBold: true, values: values(metrics.curves.mean))
        let chart = SVGChart(title: title, xLabel: x, yLabel: y, lines: classes + [mean], marker: marker)
        return "<div><h3>\(title)</h3>\(chart.svg)</div>\n"
    }

    /// Names the lines while there are few enough to tell apart; each line also says its name when pointed at.
    private var legend: String {
        let present = metrics.curves.perClass.enumerated().filter { !$0.element.recall.isEmpty }
        let entries = present.prefix(metrics.perClass.count > 10 ? 0 : 10).map {
            "<span><i style=\"background:\(seriesColor($0.offset))\"></i>\(escaped($0.element.name))</span>"
        }
        return "<p class=\"legend\"><span><i style=\"background:var(--ink)\"></i><b>mean over classes</b></span>"
            + entries.joined() + "</p>"
    }

    private var classSection: String {
        let rows = metrics.perClass.map { metrics in
            """
            <tr><th scope="row">\(escaped(metrics.name))</th><td>\(fixed(metrics.ap))</td>\
            <td class="bar">\(bar(metrics.ap50))</td><td>\(fixed(metrics.precision))</td>\
            <td>\(fixed(metrics.recall))</td><td>\(fixed(metrics.f1))</td><td>\(metrics.instances)</td><td>\(metrics.detections)</td></tr>

            """
        }
        return """
            <section><h2>Classes</h2><div class="scroll"><table class="numbers classes">
            <thead><tr><th scope="col">class</th><th>AP50-95</th><th>AP50</th><th>precision</th>\
            <th>recall</th><th>F1</th><th>objects</th><th>detections</th></tr></thead><tbody>\(rows.joined())</tbody></table></div></section>

            """
    }

    private func bar(_ value: Double?) -> String {
        guard let value else { return "–" }
        return "<i style=\"width:\(fixed(min(max(value, 0), 1) * 100, 1))%\"></i><span>\(fixed(value))</span>"
    }

    /// COCO's averages by object size; left out for a profile without them.
    private var sizeSection: String {
        guard metrics.profile == .coco else { return "" }
        let rows = [
            ("all", metrics.mAP50_95, metrics.ar100), ("small: up to 32² pixels", metrics.apSmall, metrics.arSmall),
            ("medium: up to 96² pixels", metrics.apMedium, metrics.arMedium),
            ("large", metrics.apLarge, metrics.arLarge),
        ].map { "<tr><th scope=\"row\">\($0.0)</th><td>\(fixed($0.1))</td><td>\(fixed($0.2))</td></tr>" }
        return """
            <section><h2>Object sizes</h2><table class="numbers sizes"><thead><tr><th scope="col">size</th>\
            <th>AP50-95</th><th>AR</th></tr></thead><tbody>\(rows.joined())</tbody></table></section>

            """
    }
}

extension EvaluationReport {
    /// A larger matrix says less than a list of its largest entries.
    private static let largestMatrix = 31

    private var confusionSection: String {
        let confusion = metrics.confusion
        let body = confusion.labels.count <= Self.largestMatrix ? matrix(confusion) : confusionList(confusion)
        return """
            <section><h2>Confusion</h2><p>Detections that score at least \(fixed(confusion.confidence, 2)), paired \
            with objects at overlap \(fixed(confusion.overlap, 2)). A row is an object's class, a column what it was \
            taken for; the last column counts what was missed, the last row what was invented.</p>\(body)</section>

            """
    }

    private func matrix(_ confusion: ConfusionMatrix) -> String {
        let heads = confusion.labels.map { "<th scope=\"col\"><span>\(escaped($0))</span></th>" }.joined()
        let rows = zip(confusion.labels, confusion.counts).enumerated().map { row, entry in
            let total = max(entry.1.reduce(0, +), 1)
            let cells = entry.1.enumerated().map { column, count in
                cell(count, share: Double(count) / Double(total), isRight: row == column)
            }
            return "<tr><th scope=\"row\">\(escaped(entry.0))</th>\(cells.joined())</tr>\n"
        }
        return """
            <div class="scroll"><table class="heat"><thead><tr><td></td>\(heads)</tr></thead>
            <tbody>\(rows.joined())</tbody></table></div>
            """
    }

    private func cell(_ count: Int, share: Double, isRight: Bool) -> String {
        guard count > 0 else { return "<td class=\"zero\">·</td>" }
        let color = isRight ? "var(--good-rgb)" : "var(--bad-rgb)"
        return "<td style=\"background:rgb(\(color) / \(fixed(0.08 + 0.72 * share, 2)))\">\(count)</td>"
    }

    private func confusionList(_ confusion: ConfusionMatrix) -> String {
        let entries = confusion.counts.enumerated().flatMap { row, counts in
            counts.enumerated().filter { $0.offset != row && $0.element > 0 }.map { (row, $0.offset, $0.element) }
        }
        let rows = entries.sorted { ($1.2, $0.0, $0.1) < ($0.2, $1.0, $1.1) }.prefix(30).map {
            "<tr><th scope=\"row\">\(escaped(confusion.labels[$0.0]))</th><td>\(escaped(confusion.labels[$0.1]))</td>"
                + "<td>\($0.2)</td></tr>\n"
        }
        return """
            <div class="scroll"><table class="numbers"><thead><tr><th scope="col">object</th><th>taken for</th>\
            <th>times</th></tr></thead><tbody>\(rows.joined())</tbody></table></div>
            """
    }
}
