import ArgumentParser
import Foundation

@main struct Apus: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apus",
        abstract: "Prepare data, train, evaluate and export detectors.",
        discussion: """
            The road from photographs to a deployed model, one command a step:

              apus prepare datasets/garments/dataset.yaml
              apus train experiments/garments.yaml
              apus evaluate latest --split test
              apus export latest --name garments --alias champion
              apus-infer predict garments@champion photo.jpg

            Exit status: 0 done, 1 the work failed (or a gate found a regression), 2 the request cannot be carried out \
            as it stands (wrong arguments, configuration or input), 3 another process of the same training has ended.
            """,
        version: apusVersion,
        subcommands: [
            Init.self, Prepare.self, DataCommand.self, Train.self, Launch.self, Tune.self, Evaluate.self, Export.self,
            Gate.self, Runs.self, Models.self, Doctor.self,
        ])

    static func main() {
        Terminal.prepare()
        var command: any ParsableCommand
        do { command = try parseAsRoot() } catch { refuse(error) }
        do { try command.run() } catch { end(with: error) }
    }

    /// A command line that says no request shows how it is written.
    private static func refuse(_ error: any Error) -> Never {
        if exitCode(for: error) == .success { exit(withError: error) }
        Terminal.complain(fullMessage(for: error))
        Foundation.exit(2)
    }

    /// ArgumentParser's own status for a wrong command line is 64; ours is 2, as for any other wrong request.
    private static func end(with error: any Error) -> Never {
        if error is ExitCode || exitCode(for: error) == .success { exit(withError: error) }
        if let loss = error as? PeerLoss { loss.end() }
        let text = "\(error)"
        Terminal.complain("apus: \(text.hasPrefix("Error: ") ? String(text.dropFirst(7)) : text)")
        Foundation.exit(error is WorkFailure ? 1 : 2)
    }
}

let apusVersion = "0.1.0"

/// The request was sound and the work failed: exit status 1.
struct WorkFailure: Error, CustomStringConvertible {
    let description: String
}

/// Flags that every command takes.
struct CommonOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Say nothing but results and errors.") var quiet = false

    var terminal: Terminal { Terminal(isQuiet: quiet) }
}

/// Prints `value` as one JSON object with sorted keys.
func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
}
