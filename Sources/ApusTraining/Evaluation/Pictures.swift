import ApusMetrics
import ApusVision

/// The curves of an evaluation as pictures, for a tracking store.
public enum Pictures {
    /// By the names of their files, without an ending.
    public static func charts(_ metrics: any TaskMetrics) -> [(name: String, picture: Image)] {
        switch metrics {
        case let metrics as DetectionMetrics: charts(metrics, prefix: "")
        case let metrics as SegmentationMetrics:
            charts(metrics.boxes, prefix: "") + charts(metrics.masks, prefix: "mask_")
        case let metrics as PoseMetrics:
            (metrics.boxes.map { charts($0, prefix: "") } ?? []) + charts(metrics.poses, prefix: "pose_")
        case let metrics as ClassifierMetrics: charts(metrics)
        default: []
        }
    }

    private static func charts(_ metrics: DetectionMetrics, prefix: String) -> [(name: String, picture: Image)] {
        let curves = metrics.curves
        let charts = [
            (
                "precision_recall",
                chart(curves, "Precision over recall", "recall", "precision") { $0.precisionOverRecall }
            ),
            ("f1_confidence", chart(curves, "F1 over confidence", "confidence", "F1") { $0.f1 }),
            (
                "precision_confidence",
                chart(curves, "Precision over confidence", "confidence", "precision") { $0.precision }
            ),
            ("recall_confidence", chart(curves, "Recall over confidence", "confidence", "recall") { $0.recall }),
        ]
        let calibration = metrics.analysis.map { [("calibration", picture(of: $0.calibration, "precision"))] } ?? []
        return (charts + calibration).map { (prefix + $0.0, $0.1) }
    }

    private static func charts(_ metrics: ClassifierMetrics) -> [(name: String, picture: Image)] {
        let (accuracy, kept) = metrics.confidenceCurves
        let series = [
            LineChart.Series(name: "accuracy of those kept", points: points(accuracy)),
            LineChart.Series(name: "share of images kept", points: points(kept)),
        ]
        let curve = LineChart(
            title: "Accuracy where the surest images are kept", xLabel: "least confidence", yLabel: "share",
            series: series)
        return [
            ("accuracy_confidence", drawn(curve)), ("calibration", picture(of: metrics.calibration, "accuracy")),
        ]
    }

    /// All classes while they can be told apart, and their mean.
    private static func chart(
        _ curves: DetectionCurves, _ title: String, _ x: String, _ y: String,
        _ values: (DetectionCurves.Series) -> [Double?]
    ) -> Image {
        let classes = (2...12).contains(curves.perClass.count) ? curves.perClass : []
        let series = (classes + [curves.mean]).filter { !values($0).isEmpty }
        return drawn(
            LineChart(
                title: title + ", overlap 0.5", xLabel: x, yLabel: y,
                series: series.map { LineChart.Series(name: $0.name, points: points(values($0))) }))
    }

    /// The reliability diagram: a calibrated model's line runs along the diagonal.
    private static func picture(of calibration: CalibrationMetrics, _ accuracy: String) -> Image {
        let bins = calibration.bins.compactMap { bin in
            bin.confidence.flatMap { confidence in bin.accuracy.map { LineChart.Point(x: confidence, y: $0) } }
        }
        let diagonal = [LineChart.Point(x: 0, y: 0), LineChart.Point(x: 1, y: 1)]
        return drawn(
            LineChart(
                title: "Calibration", xLabel: "confidence", yLabel: accuracy,
                series: [
                    LineChart.Series(name: accuracy, points: bins),
                    LineChart.Series(name: "calibrated", points: diagonal),
                ]))
    }

    private static func drawn(_ chart: LineChart) -> Image { chart.image(width: 900, height: 600) }

    private static func points(_ values: [Double?]) -> [LineChart.Point] {
        values.enumerated().map {
            LineChart.Point(x: Double($0) / Double(max(values.count - 1, 1)), y: $1 ?? .nan)
        }
    }
}
