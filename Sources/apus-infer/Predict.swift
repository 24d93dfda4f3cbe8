import ApusCore
import ApusInference
import ApusVision
import ApusArguments

struct Predict: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find objects, their pixels or their points in images, or classify them.",
        discussion: """
            Prints a table, or with --json one object an image and line: boxes as COCO writes them (x, y, width, \
            height in pixels of the image); masks as COCO's compressed runs or polygons (--masks); points as x, y, \
            visibility and by name with their scores; boxes at an angle as centre, size, angle in radians (clockwise \
            as seen) and four corners; for a class of every pixel how many pixels each has. --format coco prints one \
            list of COCO results (an image is called by the number in its name, or counted), --format yolo writes \
            label files. An image that cannot be read is reported and skipped.

            A model of ours, or of Ultralytics, says itself how it is fed and read. For others a sidecar does, a YAML \
            file with the keys preprocess, decode, thresholds, labels and keypoints: MODEL.yaml beside MODEL.onnx, or \
            --sidecar. Without one its inputs and outputs are looked at; --write-sidecar writes down what was found, \
            to be edited.

            A top-down pose model looks at one object at a time: --boxes or --detector say where they are, else the \
            whole image is one.

            Examples:
              apus-infer predict garments@production shop.jpg
              apus-infer predict model.onnx photographs --json > found.jsonl
              apus-infer predict garments/1 photographs --draw drawn --confidence 0.5
              apus-infer predict yolox_nano.onnx street.jpg --write-sidecar yolox_nano.yaml
              apus-infer predict cells-segment/1 slides --save-masks masks --masks polygons --json
              apus-infer predict deeplabv3.onnx street.jpg --save-masks classes --draw drawn
              apus-infer predict rtmpose.onnx match.jpg --detector yolo11n.onnx --draw drawn
              apus-infer predict v8n-pose.onnx photographs --format coco > keypoints.json
              apus-infer predict v8n-obb.onnx harbour.jpg --format yolo --output labels
              apus-infer predict birds/3 bird.jpg --top 3

            \(ExitStatus.help)
            """)

    @OptionGroup var model: ModelArgument

    @Argument(help: "JPEG and PNG files, and folders of them.")
    var images: [String]

    @Flag(help: "Print JSON, one object an image and line: --format json.")
    var json = false

    @Option(help: "What is printed: table, json, coco or (written below --output) yolo (default: table).")
    var format: ResultFormat?

    @Option(help: ArgumentHelp("The folder for YOLO's label files.", valueName: "dir"))
    var output: String?

    @Option(help: "How masks stand in JSON.")
    var masks = MaskForm.rle

    @Option(
        help: ArgumentHelp("Write each image with what was found into this folder.", valueName: "dir"))
    var draw: String?

    @Option(
        help: ArgumentHelp(
            "Write masks into this folder: a PNG for each object, or one whose palette indices are the classes.",
            valueName: "dir"))
    var saveMasks: String?

    @Option(
        help: ArgumentHelp(
            "For a top-down pose model, the objects' boxes: JSON of another `predict`, or a list of "
                + "[x, y, width, height].", valueName: "file"))
    var boxes: String?

    @Option(
        help: ArgumentHelp("For a top-down pose model, the model that finds the objects.", valueName: "model"))
    var detector: String?

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

    @Option(help: ArgumentHelp("How many classes a classifier names (default: the sidecar's, 5).", valueName: "count"))
    var top: Int?

    @OptionGroup var threads: ThreadsOption

    @Flag(name: .shortAndLong, help: "Say nothing but results and problems.")
    var quiet = false

    func validate() throws {
        for (name, value) in [("--confidence", confidence), ("--iou", iou)] {
            guard let value, !(0...1).contains(value) else { continue }
            throw ValidationError("\(name) is \(value); choose a value from 0 to 1.")
        }
        for (name, value) in [("--max-detections", maxDetections), ("--top", top)] {
            guard let value, value <= 0 else { continue }
            throw ValidationError("\(name) is \(value); choose a number above 0.")
        }
        try validateFormat()
        if boxes != nil, detector != nil {
            throw ValidationError("--boxes and --detector both say where objects are; choose one.")
        }
    }

    private func validateFormat() throws {
        if json, let format, format != .json {
            throw ValidationError("--json and --format \(format.rawValue) differ; choose one.")
        }
        if format == .yolo, output == nil {
            throw ValidationError("--format yolo writes files; say where with --output.")
        }
        if format != .yolo, output != nil {
            throw ValidationError("--output is for --format yolo; --draw and --save-masks name their own folders.")
        }
    }

    func run() throws {
        let predictor = try predictor(for: model.file(), sidecar: sidecar)
        let console = Console(isQuiet: quiet)
        if let assumptions = predictor.assumptions { console.note(assumptions) }
        if let writeSidecar { try FileSystem.writeWhole(predictor.sidecarText(), to: writeSidecar) }
        let objects = try objects(for: predictor, console)
        let files = try ImageFiles.list(at: images)
        guard !files.isEmpty else {
            throw ValidationError("No image in \(images.joined(separator: ", ")); expected .jpg, .jpeg or .png files.")
        }
        var session = try session(predictor, objects, console)
        for file in files { session.predict(file) }
        try session.finish()
    }

    private func session(
        _ predictor: Predictor, _ objects: ObjectSource, _ console: Console
    ) throws -> PredictionSession {
        let (labels, keypoints) = (predictor.labels, predictor.keypoints)
        return PredictionSession(
            predictor: predictor, objects: objects,
            writer: try ResultWriter(
                format ?? (json ? .json : .table), masks: masks, labels: labels, keypoints: keypoints, output: output),
            drawings: try draw.map { folder throws(FileError) in try Drawings(folder, labels, keypoints) },
            masks: try saveMasks.map(SavedMasks.init), console: console)
    }

    private func predictor(for file: String, sidecar: String?) throws -> Predictor {
        let options = Predictor.Options(
            sidecar: sidecar, confidence: confidence, iou: iou, maximum: maxDetections, top: top,
            threads: threads.count)
        return try Predictor(contentsOf: file, options: options)
    }

    private func objects(for predictor: Predictor, _ console: Console) throws -> ObjectSource {
        guard boxes != nil || detector != nil else { return .none }
        guard predictor.isTopDown else {
            throw ValidationError("--boxes and --detector are for top-down pose models; this one finds objects itself.")
        }
        if let boxes { return .file(try BoxFile(contentsOf: boxes)) }
        let file = try model.workspace.file(for: detector ?? "")
        let finder = try self.predictor(for: file, sidecar: nil)
        if let assumptions = finder.assumptions { console.note(assumptions) }
        return .detector(finder, for: predictor.labels)
    }
}
