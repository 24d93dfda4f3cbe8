import ApusArguments
import ApusCore
import ApusInference
import ApusVision

/// Prints predictions, or writes them into files, as one command asks.
struct ResultWriter {
    let format: ResultFormat
    let masks: MaskForm
    let labels: LabelMap
    let keypoints: KeypointLayout?
    /// Where label files go.
    private var names: OutputNames?
    private var entryCount = 0
    private var imageCount = 0

    init(
        _ format: ResultFormat, masks: MaskForm, labels: LabelMap, keypoints: KeypointLayout?, output: String?
    ) throws {
        (self.format, self.masks, self.labels, self.keypoints) = (format, masks, labels, keypoints)
        names = try output.map(OutputNames.init)
    }

    mutating func write(_ prediction: Prediction) throws {
        switch format {
        case .table: Console.write(PredictionTable(prediction, labels).text)
        case .json: Console.write(prediction.json(labels: labels, keypoints: keypoints, masks: masks).text)
        case .coco: try writeEntries(prediction)
        case .yolo: try writeRows(prediction)
        }
        imageCount += 1
    }

    private mutating func writeEntries(_ prediction: Prediction) throws {
        guard let entries = prediction.cocoResults(image: Self.number(of: prediction.image, or: imageCount)) else {
            throw unfit("COCO's results")
        }
        for entry in entries {
            Console.write((entryCount == 0 ? "[" : ",") + entry.text)
            entryCount += 1
        }
    }

    /// COCO's files are called by their number; others are counted.
    private static func number(of path: String, or place: Int) -> JSONText {
        let stem = FileSystem.fileName(of: path).prefix { $0 != "." }
        return .integer(Int(stem) ?? place)
    }

    private mutating func writeRows(_ prediction: Prediction) throws {
        guard let rows = prediction.yoloRows() else { throw unfit("YOLO's labels") }
        guard let path = names?.path(for: prediction.image, ending: ".txt") else { return }
        try FileSystem.writeWhole(rows.map { $0 + "\n" }.joined(), to: path)
    }

    private func unfit(_ form: String) -> ValidationError {
        ValidationError("\(form) have no place for classes of whole images or of pixels; use --format json.")
    }

    /// Ends what is open.
    func finish() {
        if format == .coco { Console.write(entryCount == 0 ? "[]" : "]") }
    }
}
