import ApusCore
import ApusInference
import ApusVision
import ApusArguments

struct Predict: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find objects in images, or classify them.",
        discussion: """
            Prints a table, or with --json one object an image and line: boxes as COCO writes them (x, y, width, \
            height in pixels of the image), keypoints as x, y, visibility. An image that cannot be read is reported \
            and skipped.

            A model of ours, or of Ultralytics, says itself how it is fed and read. For others a sidecar does, a YAML \
            file with the keys preprocess, decode, thresholds and labels: MODEL.yaml beside MODEL.onnx, or --sidecar. \
            Without one its inputs and outputs are looked at; --write-sidecar writes down what was found, to be edited.

            Examples:
              apus-infer predict garments@production shop.jpg
              apus-infer predict model.onnx photographs --json > found.jsonl
              apus-infer predict garments/1 photographs --draw drawn --confidence 0.5
              apus-infer predict yolox_nano.onnx street.jpg --write-sidecar yolox_nano.yaml

            \(ExitStatus.help)
            """)

    @OptionGroup var model: ModelArgument

    @Argument(help: "JPEG and PNG files, and folders of them.")
    var images: [String]

    @Flag(help: "Print JSON, one object an image and line.")
    var json = false

    @Option(
        help: ArgumentHelp("Write each image with its boxes into this folder.", valueName: "dir"))
    var draw: String?

    @Option(
        help: ArgumentHelp("How the model is fed and read (default: MODEL.yaml beside it).", valueName: "file"))
    var sidecar: String?

    @Option(help: ArgumentHelp("Write a sidecar of what is known or guessed of the model.", valueName: "file"))
    var writeSidecar: String?

    @Option(
        help: ArgumentHelp(
            "Leave out detections that do not score above this value (default: the sidecar's, 0.25).",
            valueName: "score"))
    var confidence: Float?

    @Option(
        help: ArgumentHelp(
            "Of two boxes of a class that overlap more than this, keep the better (default: the sidecar's, 0.7).",
            valueName: "iou"))
    var iou: Float?

    @Option(
        help: ArgumentHelp(
            "Keep at most so many detections an image (default: the sidecar's, 300).", valueName: "count"))
    var maxDetections: Int?

    @OptionGroup var threads: ThreadsOption

    @Flag(name: .shortAndLong, help: "Say nothing but results and problems.")
    var quiet = false

    func validate() throws {
        for (name, value) in [("--confidence", confidence), ("--iou", iou)] {
            guard let value, !(0...1).contains(value) else { continue }
            throw ValidationError("\(name) is \(value); choose a value from 0 to 1.")
        }
        if let maxDetections, maxDetections <= 0 {
            throw ValidationError("--max-detections is \(maxDetections); choose a number above 0.")
        }
    }

    func run() throws {
        let options = Predictor.Options(
            sidecar: sidecar, confidence: confidence, iou: iou, maximum: maxDetections, threads: threads.count)
        let predictor = try Predictor(contentsOf: model.file(), options: options)
        let console = Console(isQuiet: quiet)
        if let assumptions = predictor.assumptions { console.note(assumptions) }
        if let writeSidecar { try FileSystem.writeWhole(predictor.sidecarText(), to: writeSidecar) }
        let files = try ImageFiles.list(at: images)
        guard !files.isEmpty else {
            throw ValidationError("No image in \(images.joined(separator: ", ")); expected .jpg, .jpeg or .png files.")
        }
        var session = PredictionSession(
            predictor: predictor, prints: json ? .json : .table, drawings: try draw.map(Drawings.init),
            console: console)
        for file in files { session.predict(file) }
        try session.finish()
    }
}
