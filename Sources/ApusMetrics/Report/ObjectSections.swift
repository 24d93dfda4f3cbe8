import ApusVision

/// The parts of a report on found objects: boxes, masks, poses or turned boxes.
struct ObjectSections {
    private let metrics: DetectionMetrics
    private let noun: String
    private let idPrefix: String
    /// Averaged over overlaps, of objects of every size.
    var recall: Double?

    /// More lines than these say nothing: those of the classes with the most objects are drawn.
    private static let mostLines = 60

    /// - Parameters:
    ///   - noun: what was found.
    ///   - idPrefix: of the sections' ids.
    init(_ metrics: DetectionMetrics, noun: String = "objects", idPrefix: String = "") {
        (self.metrics, self.noun, self.idPrefix, recall) = (metrics, noun, idPrefix, metrics.ar100)
    }

    var all: [ReportSection] {
        [curves, classes, sizes, errors, confusion, calibration].compactMap { $0 }
    }

    private func section(_ id: String, _ title: String, _ body: String) -> ReportSection {
        ReportSection(id: idPrefix + id, title: title, body: body)
    }

    // MARK: Curves

    private var curves: ReportSection {
        let confidence = metrics.confidence.map { (x: $0, label: "best F1 at \(fixed($0, 2))") }
        let charts = [
            chart("Precision over recall", x: "recall", y: "precision", marker: nil) { $0.precisionOverRecall },
            chart("F1 over confidence", x: "confidence", y: "F1", marker: confidence) { $0.f1 },
            chart("Precision over confidence", x: "confidence", y: "precision", marker: nil) { $0.precision },
            chart("Recall over confidence", x: "confidence", y: "recall", marker: nil) { $0.recall },
        ]
        let legend =
            [(series: -1, name: "mean over classes", color: "var(--ink)")]
            + shown.map { (series: $0.index, name: $0.series.name, color: seriesColor($0.index)) }
        return section(
            "curves", "Curves at overlap 0.5",
            ReportCurves(charts: charts, legend: shown.count > 1 ? legend : []).html + omitted)
    }

    private var omitted: String {
        let count = metrics.curves.perClass.count { !$0.recall.isEmpty } - shown.count
        return count > 0 ? "<p>\(count) classes with fewer objects are left out here.</p>" : ""
    }

    private var shown: [(index: Int, series: DetectionCurves.Series)] {
        let present = metrics.curves.perClass.enumerated().filter { !$0.element.recall.isEmpty }
        let largest = present.sorted {
            let (first, second) = (metrics.perClass[$0.offset].instances, metrics.perClass[$1.offset].instances)
            return first != second ? first > second : $0.offset < $1.offset
        }
        return largest.prefix(Self.mostLines).sorted { $0.offset < $1.offset }.map { ($0.offset, $0.element) }
    }

    private func chart(
        _ title: String, x: String, y: String, marker: (x: Double, label: String)?,
        _ values: (DetectionCurves.Series) -> [Double?]
    ) -> ReportChart {
        let classes = shown.map {
            ReportChart.Line(
                series: $0.index, name: $0.series.name, color: seriesColor($0.index), values: values($0.series))
        }
        let mean = ReportChart.Line(
            series: -1, name: "mean over classes", color: "var(--ink)", isBold: true,
            values: values(metrics.curves.mean))
        return ReportChart(
            title: title, xLabel: x, yLabel: y, lines: (shown.count > 1 ? classes : []) + [mean], marker: marker)
    }

    // MARK: Classes

    private var classes: ReportSection {
        let rows = metrics.perClass.enumerated().map { index, own -> (String, [ReportTable.Cell]) in
            let threshold = metrics.analysis?.thresholds[index]
            let numbers: [ReportTable.Cell] = [
                .number(own.ap), .bar(own.ap50), .number(own.precision), .number(own.recall), .number(own.f1),
            ]
            let best: [ReportTable.Cell] = threshold.map { [.number($0.f1), .number($0.confidence)] } ?? []
            return (own.name, numbers + best + [.count(own.instances), .count(own.detections)])
        }
        let best = metrics.analysis == nil ? [] : ["best F1", "at confidence"]
        let table = ReportTable(
            columns: ["class", "AP50-95", "AP50", "precision", "recall", "F1"] + best + ["objects", "detections"],
            rows: rows, style: "classes")
        let confidence = metrics.confidence.map {
            "<p>Precision, recall and F1 at confidence \(fixed($0)), the best for all classes together"
                + (best.isEmpty ? "" : "; “best F1” at each class's own") + ".</p>"
        }
        return section("classes", "Classes", (confidence ?? "") + table.html)
    }

    /// COCO's averages by object size; left out for a profile without them.
    private var sizes: ReportSection? {
        guard metrics.stats.count > 5, metrics.stats[3...5].contains(where: { $0 != nil }) else { return nil }
        let rows: [(String, [ReportTable.Cell])] = [
            ("all", [.bar(metrics.mAP50_95), .number(recall)]),
            ("small: up to 32² pixels", [.bar(metrics.apSmall), .number(metrics.arSmall)]),
            ("medium: up to 96² pixels", [.bar(metrics.apMedium), .number(metrics.arMedium)]),
            ("large", [.bar(metrics.apLarge), .number(metrics.arLarge)]),
        ]
        let table = ReportTable(columns: ["size", "AP50-95", "AR"], rows: rows, style: "sizes")
        return section("sizes", "Object sizes", table.html + classSizes)
    }

    private var classSizes: String {
        guard let sizes = metrics.analysis?.sizes, sizes.count > 1 else { return "" }
        let rows = sizes.map { own in
            (own.name, own.sizes.dropFirst().flatMap { [ReportTable.Cell.number($0.ap), .count($0.instances)] })
        }
        let heads = ["small", "medium", "large"].flatMap { ["AP " + $0, "objects"] }
        return "<h3>By class</h3>" + ReportTable(columns: ["class"] + heads, rows: rows).html
    }

    // MARK: Errors

    private var errors: ReportSection? {
        guard let errors = metrics.analysis?.errors, let now = errors.ap50 else { return nil }
        let largest = max(errors.costs.map(\.dAP).max() ?? 0, errors.falsePositives ?? 0, errors.falseNegatives ?? 0)
        let rows = errors.costs.map { cost in
            costRow(cost.kind.rawValue, cost.dAP, largest, "\(cost.count)", cost.kind.summary)
        }
        let special = [
            costRow("FP", errors.falsePositives, largest, "", "all that is wrong, of any kind"),
            costRow("FN", errors.falseNegatives, largest, "", "all that was not found"),
        ]
        return section(
            "errors", "What errors cost",
            """
            <p>AP at overlap 0.5 is \(fixed(now)). Each bar says how much it would gain if all errors of one kind, and \
            they alone, were mended (TIDE).</p>
            <div class="scroll"><table class="numbers costs"><thead><tr><th scope="col">error</th><th>dAP</th>\
            <th>count</th><th></th></tr></thead><tbody>\((rows + special).joined())</tbody></table></div>
            """)
    }

    private func costRow(
        _ name: String, _ cost: Double?, _ largest: Double, _ count: String, _ summary: String
    ) -> String {
        let share = largest > 0 ? max(cost ?? 0, 0) / largest * 100 : 0
        return """
            <tr><th scope="row">\(name)</th><td class="bar"><i style="width:\(fixed(share, 1))%"></i>\
            <span>\(fixed(cost))</span></td><td>\(count)</td><td class="text">\(escaped(summary))</td></tr>

            """
    }

    // MARK: Confusion and calibration

    private var confusion: ReportSection {
        let confusion = metrics.confusion
        return section(
            "confusion", "Confusion",
            """
            <p>Detections that score at least \(fixed(confusion.confidence, 2)), paired with objects at overlap \
            \(fixed(confusion.overlap, 2)). A row is an object's class, a column what it was taken for; the last \
            column counts what was missed, the last row what was invented.</p>\
            \(ReportMatrix(labels: confusion.labels, counts: confusion.counts).html)
            """)
    }

    private var calibration: ReportSection? {
        guard let calibration = metrics.analysis?.calibration, calibration.expectedError != nil else { return nil }
        return section(
            "calibration", "Calibration",
            """
            <p>Whether a score is the chance to be right at overlap 0.5, for \(noun) that score at least \
            \(fixed(ObjectAnalysis.calibrationFloor, 2)).</p>\(calibrationBody(calibration, accuracy: "precision"))
            """)
    }
}

/// The reliability diagram and its numbers.
func calibrationBody(_ calibration: CalibrationMetrics, accuracy: String) -> String {
    let chart = ReportChart(
        title: "\(accuracy.prefix(1).uppercased() + accuracy.dropFirst()) over confidence", xLabel: "confidence",
        yLabel: accuracy, lines: [], bars: calibration.bins.map(\.accuracy), hasDiagonal: true)
    let rows = calibration.bins.filter { $0.count > 0 }.map { bin -> (String, [ReportTable.Cell]) in
        let cells: [ReportTable.Cell] = [.count(bin.count), .number(bin.confidence), .number(bin.accuracy)]
        return ("\(fixed(bin.lower, 2)) – \(fixed(bin.upper, 2))", cells)
    }
    let table = ReportTable(columns: ["confidence", "count", "mean", accuracy], rows: rows)
    return """
        <p>Expected calibration error \(fixed(calibration.expectedError)), largest \
        \(fixed(calibration.maximumError)).</p><div class="two">\(chart.html)<div>\(table.html)</div></div>
        """
}
