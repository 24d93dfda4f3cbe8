import ApusCore
import ApusInference
import ApusONNX
import ApusRuntime
import ApusArguments

struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run any ONNX model on NumPy arrays.",
        discussion: """
            Writes each output to OUTPUT.npy in the folder; a “/” in its name becomes “_”.

            Examples:
              apus-infer run model.onnx --input images=x.npy --output-dir out
              apus-infer run model.onnx --input ids=ids.npy --input mask=mask.npy --output-dir out

            \(ExitStatus.help)
            """)

    @OptionGroup var model: ModelArgument

    @Option(help: ArgumentHelp("An input and the array it gets; once for each input.", valueName: "name=file.npy"))
    var input: [NamedValue] = []

    @Option(help: ArgumentHelp("The folder for the outputs.", valueName: "dir"))
    var outputDir: String

    @OptionGroup var threads: ThreadsOption

    @Flag(help: "Print JSON: a line for each output.")
    var json = false

    @Flag(name: .shortAndLong, help: "Say nothing but problems.")
    var quiet = false

    func run() throws {
        let file = try model.file()
        let arrays = try input.dictionary(option: "--input").mapValues { try NPYFile.read($0) }
        let session = try Session(model: Model(contentsOf: file), options: .init(threads: threads.count))
        let outputs = try session.run(arrays)
        try FileSystem.createFolder(outputDir)
        let console = Console(isQuiet: quiet)
        for name in session.outputs.map(\.name) {
            guard let array = outputs[name] else { continue }
            let path = outputDir + "/" + name.map { $0 == "/" ? "_" : String($0) }.joined() + ".npy"
            try NPYFile.write(array, to: path)
            if json {
                Console.write(description(of: array, name, path).text)
            } else {
                console.note("\(path)  \(array.dataType) \(array.shape)")
            }
        }
    }

    private func description(of array: NDArray, _ name: String, _ path: String) -> JSONText {
        .object([
            ("output", .string(name)), ("file", .string(path)), ("type", .string(array.dataType.rawValue)),
            ("shape", .array(array.shape.dimensions.map(JSONText.integer))),
        ])
    }
}
