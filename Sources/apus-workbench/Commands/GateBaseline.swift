import ApusCore
import ApusTorch
import ArgumentParser

struct GateBaseline: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "baseline",
        abstract: "Write what a model reaches, image by image, to be committed as a baseline.",
        discussion: """
            The file has the metrics and what was found on each image, about three bytes for each detection, so that \
            later models are compared with it pair by pair, wherever they are measured. It is sealed with a digest.

              apus gate baseline garments@champion baseline.json --split test
              apus gate gate.yaml --candidate model.onnx --baseline baseline.json --dataset datasets/garments/dataset.yaml

            Exit status: 0 written, 2 no such model, data or file.
            """)

    @Argument(help: "A run, NAME@ALIAS, NAME/VERSION or FILE.onnx.") var model: String
    @Argument(help: "The file to write.", completion: .file(extensions: ["json"])) var file: String
    @OptionGroup var measuring: GateMeasuring

    func run() throws {
        Torch.start()
        guard file.hasSuffix(".json") else {
            throw ValidationError("\(file): a baseline is told by its name: let it end with .json.")
        }
        guard let stored = try measuring.model(model).stored else {
            throw ValidationError("\(model) is a file of numbers: name the model itself.")
        }
        let bytes = try stored.jsonData()
        try FileSystem.createFolder(FileSystem.folder(of: file))
        try FileSystem.writeWhole(bytes, to: file)
        measuring.terminal.say("\(file): \(stored.model.name), \(bytes.count) bytes")
    }
}
