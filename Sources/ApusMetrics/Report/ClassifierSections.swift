import ApusVision

/// The parts of a report on classified images.
struct ClassifierSections {
    let metrics: ClassifierMetrics

    init(_ metrics: ClassifierMetrics) { self.metrics = metrics }

    var all: [ReportSection] { [classes, confusion, curves, calibration] }

    private var classes: ReportSection {
        let rows = metrics.classes.perClass.map { own in
            (
                own.name,
                [ReportTable.Cell.bar(own.f1), .number(own.precision), .number(own.recall), .count(own.instances)]
            )
        }
        let table = ReportTable(
            columns: ["class", "F1", "precision", "recall", "images"], rows: rows, style: "classes")
        return ReportSection(id: "classes", title: "Classes", body: table.html)
    }

    private var confusion: ReportSection {
        ReportSection(
            id: "confusion", title: "Confusion",
            body: "<p>A row is an image's class, a column what it was taken for.</p>"
                + ReportMatrix(labels: metrics.classes.perClass.map(\.name), counts: metrics.classes.confusion).html)
    }

    private var curves: ReportSection {
        let (accuracy, kept) = metrics.confidenceCurves
        let lines = [("accuracy of those kept", accuracy), ("share of images kept", kept.map { $0 })].enumerated().map {
            ReportChart.Line(
                series: $0, name: $1.0, color: seriesColor($0), isBold: $0 == 0, values: $1.1)
        }
        let chart = ReportChart(
            title: "Accuracy where the surest images alone are kept", xLabel: "least confidence", yLabel: "share",
            lines: lines)
        return ReportSection(
            id: "curves", title: "Curves",
            body: ReportCurves(
                charts: [chart], legend: lines.map { (series: $0.series, name: $0.name, color: $0.color) }
            ).html)
    }

    private var calibration: ReportSection {
        ReportSection(
            id: "calibration", title: "Calibration",
            body: "<p>Whether a probability is the chance to be right.</p>"
                + calibrationBody(metrics.calibration, accuracy: "accuracy"))
    }
}

extension ClassifierMetrics {
    /// The accuracy of the images whose confidence reaches 0, 0.01, … 1, and the share that they are; `nil` where none
    /// is kept.
    public var confidenceCurves: (accuracy: [Double?], kept: [Double]) {
        var (counts, right) = ([Int](repeating: 0, count: 101), [Int](repeating: 0, count: 101))
        for image in images {
            let step = Int((min(max(image.confidence, 0), 1) * 100).rounded(.down))
            counts[step] += 1
            right[step] += image.isCorrect ? 1 : 0
        }
        for step in (0..<100).reversed() {
            counts[step] += counts[step + 1]
            right[step] += right[step + 1]
        }
        let total = Double(max(images.count, 1))
        let accuracy = zip(right, counts).map { $1 == 0 ? nil : Double($0) / Double($1) }
        return (accuracy, counts.map { Double($0) / total })
    }
}
