import ApusArguments
import Glibc

/// The deployed command: runs exported models, without a training framework.
@main
struct ApusInfer: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apus-infer",
        abstract: "Run exported vision models: ONNX in, predictions out.",
        discussion: """
            MODEL is a FILE.onnx, a folder that holds model.onnx, or a model of the workspace: NAME/VERSION, \
            NAME@ALIAS, or NAME for its newest version. The workspace is the nearest folder, from the current \
            one upwards, that has the model; --workspace names it.

            \(ExitStatus.help)
            """,
        version: "0.1.0",
        subcommands: [Predict.self, Inspect.self, Run.self, Benchmark.self, Compare.self, Conformance.self])

    static func main() {
        let words = Array(CommandLine.arguments.dropFirst())
        do { try parse(words).run() } catch { finish(after: error) }
    }

    private static func finish(after error: any Error) -> Never {
        if let status = error as? ExitStatus { Glibc.exit(status.rawValue) }
        if case CommandExit.text(let text) = error {
            Console.write(text)
            Glibc.exit(EXIT_SUCCESS)
        }
        Console().problem("\(error)")
        Glibc.exit(ExitStatus.misuse.rawValue)
    }
}

/// How the process ends where it does not end well.
enum ExitStatus: Int32, Error {
    /// At least one image could not be read or run, or two models disagree; the rest was done.
    case incomplete = 1
    /// A bad argument, or a model that cannot be used: nothing was done.
    case misuse = 2

    static let help = """
        Exit status: 0 done, 1 an image failed (or models disagree) and the rest was done, 2 a bad model or argument.
        """
}
