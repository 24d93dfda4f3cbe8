import ApusCommands
import ApusCore
import ArgumentParser

/// The commands that need no LibTorch, which takes longer to load than they take: everything else is `apus-workbench`.
@main enum Front {
    static func main() {
        let words = CommandLine.arguments.dropFirst()
        if Apus.answers(words) { return Apus.main() }
        Workbench.takeOver()
    }
}

struct Apus: RootCommand {
    static let configuration = CommandConfiguration(
        commandName: "apus", abstract: "The part of apus that starts at once.", version: apusVersion,
        subcommands: [Runs.self, Models.self, Evaluate.self])

    static func answers(_ words: ArraySlice<String>) -> Bool {
        switch words.first {
        case Runs._commandName, Models._commandName: true
        case Evaluate._commandName: words.dropFirst().first == EvaluateCOCO._commandName
        default: false
        }
    }
}

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure a file of detections against its ground truth.", subcommands: [EvaluateCOCO.self])
}
