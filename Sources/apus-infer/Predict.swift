import ApusCore
import ApusInference
import ApusVision
import ArgumentParser

struct Predict: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find objects in images, or classify them.",
        discussion: """
            Prints a table, or with --json one object an image and line: boxes as COCO writes them (x, y, width, \
            height in pixels of the image). An image that cannot be read is reported and skipped.

            Examples:
              apus-infer predict garments@production shop.jpg
              apus-infer predict model.onnx photographs --json > found.jsonl
              apus-infer predict garments/1 photographs --draw drawn --confidence 0.5

            \(ExitStatus.help)
            """)

    @OptionGroup var model: ModelArgument

    @Argument(help: "JPEG and PNG files, and folders of them.", completion: .file())
    var images: [String]

    @Flag(help: "Print JSON, one object an image and line.")
    var json = false

    @Option(
        help: ArgumentHelp("Write each image with its boxes into this folder.", valueName: "dir"),
        completion: .directory)
    var draw: String?

    @Option(help: "Leave out detections that do not score above this value.")
    var confidence: Float = 0.25

    @Option(help: "Of two boxes of a class that overlap more than this, keep the better.")
    var iou: Float = 0.7

    @Option(help: "Keep at most so many detections an image.")
    var maxDetections = 300

    @OptionGroup var threads: ThreadsOption

    @Flag(name: .shortAndLong, help: "Say nothing but results and problems.")
    var quiet = false

    func validate() throws {
        for (name, value) in [("--confidence", confidence), ("--iou", iou)] where !(0...1).contains(value) {
            throw ValidationError("\(name) is \(value); choose a value from 0 to 1.")
        }
        guard maxDetections > 0 else {
            throw ValidationError("--max-detections is \(maxDetections); choose a number above 0.")
        }
    }

    func run() throws {
        let options = Detector.Options(
            confidenceThreshold: confidence, iouThreshold: iou, maximumDetections: maxDetections,
            threads: threads.count)
        let predictor = try Predictor(contentsOf: model.file(), options: options)
        let files = try ImageFiles.list(at: images)
        guard !files.isEmpty else {
            throw ValidationError("No image in \(images.joined(separator: ", ")); expected .jpg, .jpeg or .png files.")
        }
        var session = PredictionSession(
            predictor: predictor, prints: json ? .json : .table, drawings: try draw.map(Drawings.init),
            console: Console(isQuiet: quiet))
        for file in files { session.predict(file) }
        try session.finish()
    }
}
