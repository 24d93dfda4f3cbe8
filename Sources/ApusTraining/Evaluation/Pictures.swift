import ApusDatasets
import ApusMetrics
import ApusVision

/// Pictures for people: what the network was shown, what it found, how its curves run.
public enum Pictures {
    /// Images are shown with at least so many pixels on their longer side, so that labels leave them visible.
    private static let side = 448

    /// The images of a training batch with their boxes, at most `limit` of them.
    public static func batch(_ batch: Batch, classNames: [String], limit: Int = 16) -> Image {
        let size = batch.imageSize
        let images = (0..<min(batch.count, limit)).map { position in
            image(position, of: batch).drawing(
                boxes: batch.targets.filter { $0.image == position }.map { target in
                    let box = BoundingBox(
                        centerX: target.centerX * Float(size), centerY: target.centerY * Float(size),
                        width: target.width * Float(size), height: target.height * Float(size))
                    return (box, classNames[target.label], Color.palette(target.label))
                }, enlargedTo: side)
        }
        return Image.grid(images, columns: 4)
    }

    /// An image with what a model found above `confidence`.
    public static func predictions(_ prediction: ImagePredictions, in dataset: PreparedDataset, confidence: Float)
        throws -> Image
    {
        try dataset.image(prediction.index).drawing(
            boxes: prediction.detections.filter { $0.score >= confidence }.map {
                ($0.box, "\(dataset.classNames[$0.label]) \(percent($0.score))", Color.palette($0.label))
            }, enlargedTo: side)
    }

    /// A sheet of the first `limit` images with their predictions.
    public static func sheet(
        _ predictions: [ImagePredictions], in dataset: PreparedDataset, confidence: Float, limit: Int = 12
    ) throws -> Image {
        Image.grid(
            try predictions.prefix(limit).map { try Pictures.predictions($0, in: dataset, confidence: confidence) },
            columns: 4)
    }

    /// Precision over recall at IoU 0.5, all classes and their mean.
    public static func precisionRecall(_ metrics: DetectionMetrics) -> Image {
        let series = (metrics.curves.perClass.count <= 12 ? metrics.curves.perClass : []) + [metrics.curves.mean]
        return LineChart(
            title: "Precision over recall, IoU 0.5", xLabel: "recall", yLabel: "precision",
            series: series.filter { !$0.precisionOverRecall.isEmpty }.map { curve in
                LineChart.Series(name: curve.name, points: points(curve.precisionOverRecall))
            }
        ).image(width: 900, height: 600)
    }

    /// F1 over the confidence threshold.
    public static func f1(_ metrics: DetectionMetrics) -> Image {
        LineChart(
            title: "F1 over confidence, IoU 0.5", xLabel: "confidence", yLabel: "F1",
            series: [LineChart.Series(name: "mean of classes", points: points(metrics.curves.mean.f1))]
        ).image(width: 900, height: 600)
    }

    private static func points(_ values: [Double]) -> [LineChart.Point] {
        values.enumerated().map { LineChart.Point(x: Double($0) / Double(max(values.count - 1, 1)), y: $1) }
    }

    private static func image(_ position: Int, of batch: Batch) -> Image {
        let count = batch.imageSize * batch.imageSize * 3
        let pixels = batch.withUnsafeBytes { Array($0[position * count..<(position + 1) * count]) }
        return Image(width: batch.imageSize, height: batch.imageSize, channels: 3, pixels: pixels)
    }

    private static func percent(_ score: Float) -> String { "\(Int((score * 100).rounded())) %" }
}
