import ApusONNX
import ArgumentParser
import FoundationEssentials

struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what is in a model: inputs, outputs, operators, size, metadata.",
        discussion: """
            Examples:
              apus-infer inspect garments@production
              apus-infer inspect model.onnx --json

            \(ExitStatus.help)
            """)

    @OptionGroup var model: ModelArgument

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let summary = GraphSummary(try Model(contentsOf: model.file()))
        guard json else {
            Console.write(summary.description)
            return
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        Console.write(String(decoding: try encoder.encode(summary), as: UTF8.self))
    }
}
