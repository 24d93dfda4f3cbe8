import ApusCore
import ApusInference
import ApusVision

/// Works through the images of one command: predicts, prints, draws, and counts what failed.
struct PredictionSession {
    enum Format { case json, table }

    private let predictor: Predictor
    private let labels: LabelMap
    private let format: Format
    private var drawings: Drawings?
    private let console: Console
    private var doneCount = 0
    private var failedCount = 0
    private var milliseconds = 0.0

    init(predictor: Predictor, prints format: Format, drawings: Drawings?, console: Console) {
        self.predictor = predictor
        labels = predictor.labels
        (self.format, self.drawings, self.console) = (format, drawings, console)
    }

    /// A fault of this image is reported and counted.
    mutating func predict(_ file: String) {
        do {
            let stopwatch = Stopwatch()
            let image = try Image(contentsOf: file)
            let result = try predictor.result(for: image)
            let prediction = Prediction(
                image: file, width: image.width, height: image.height, result: result,
                milliseconds: stopwatch.milliseconds)
            show(prediction)
            let labels = labels
            try drawings?.write(prediction, image, labels)
            doneCount += 1
            milliseconds += prediction.milliseconds
        } catch {
            failedCount += 1
            console.problem("\(error)")
        }
    }

    private func show(_ prediction: Prediction) {
        switch format {
        case .json: Console.write(prediction.json(labels: labels).text)
        case .table: Console.write(PredictionTable(prediction, labels).text)
        }
    }

    func finish() throws {
        let mean = doneCount > 0 ? ", \(fixed(milliseconds / Double(doneCount), digits: 1)) ms an image" : ""
        let failed = failedCount > 0 ? ", \(failedCount) failed" : ""
        let drawn = drawings.map { "; drawn in \($0.folder)" } ?? ""
        console.note("\(doneCount) \(doneCount == 1 ? "image" : "images")\(failed)\(mean)\(drawn)")
        if failedCount > 0 { throw ExitStatus.incomplete }
    }
}
