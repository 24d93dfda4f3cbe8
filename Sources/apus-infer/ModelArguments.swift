import ApusCore
import ApusONNX
import ApusArguments

/// The model that a command works on.
struct ModelArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp("FILE.onnx, NAME/VERSION or NAME@ALIAS.", valueName: "model"))
    var reference: String

    @OptionGroup var workspace: WorkspaceOption

    func file() throws -> String { try workspace.file(for: reference) }
}

struct WorkspaceOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The folder that holds models/ and experiments/ (default: the nearest, from here upwards).",
            valueName: "dir"))
    var workspace: String?

    func file(for reference: String) throws -> String {
        try ModelLocation.file(for: reference, workspace: workspace)
    }
}

struct ThreadsOption: ParsableArguments {
    @Option(help: "How many threads work on one image (default: all cores).")
    var threads: Int?

    var count: Int { threads ?? availableCores }

    func validate() throws {
        guard (1...1024).contains(count) else {
            throw ValidationError("--threads is \(count); choose a number from 1 to 1024.")
        }
    }
}
