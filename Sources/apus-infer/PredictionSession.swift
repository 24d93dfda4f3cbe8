import ApusCore
import ApusInference
import ApusVision

/// Works through the images of one command: predicts, prints, draws, and counts what failed.
struct PredictionSession {
    let predictor: Predictor
    let objects: ObjectSource
    var writer: ResultWriter
    var drawings: Drawings?
    var masks: SavedMasks?
    let console: Console
    private var doneCount = 0
    private var failedCount = 0
    private var milliseconds = 0.0

    init(
        predictor: Predictor, objects: ObjectSource, writer: ResultWriter, drawings: Drawings?, masks: SavedMasks?,
        console: Console
    ) {
        (self.predictor, self.objects, self.writer) = (predictor, objects, writer)
        (self.drawings, self.masks, self.console) = (drawings, masks, console)
    }

    /// A fault of this image is reported and counted.
    mutating func predict(_ file: String) {
        do {
            let stopwatch = Stopwatch()
            let image = try Image(contentsOf: file)
            let result = try predictor.result(for: image, boxes: objects.boxes(in: image, at: file))
            let prediction = Prediction(
                image: file, width: image.width, height: image.height, result: result,
                milliseconds: stopwatch.milliseconds)
            try writer.write(prediction)
            try drawings?.write(prediction, image)
            try masks?.write(prediction)
            doneCount += 1
            milliseconds += prediction.milliseconds
        } catch {
            failedCount += 1
            console.problem("\(error)")
        }
    }

    func finish() throws {
        writer.finish()
        let mean = doneCount > 0 ? ", \(fixed(milliseconds / Double(doneCount), digits: 1)) ms an image" : ""
        let failed = failedCount > 0 ? ", \(failedCount) failed" : ""
        let drawn = drawings.map { "; drawn in \($0.folder)" } ?? ""
        let saved = masks.map { "; masks in \($0.folder)" } ?? ""
        console.note("\(doneCount) \(doneCount == 1 ? "image" : "images")\(failed)\(mean)\(drawn)\(saved)")
        if failedCount > 0 { throw ExitStatus.incomplete }
    }
}
