import ApusCommands
import ApusCore
import ArgumentParser

/// The commands that need no LibTorch, which takes longer to load than they take: everything else is `apus-workbench`.
@main enum Front {
    static func main() {
        let words = CommandLine.arguments.dropFirst()
        if Apus.measures(words) {
            ProcessHeap.growInLargeSteps()
            return Apus.main(EvaluateCOCO.self, Array(words.dropFirst(2)))
        }
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
        default: measures(words)
        }
    }

    static func measures(_ words: ArraySlice<String>) -> Bool {
        words.prefix(2).elementsEqual([Evaluate._commandName, EvaluateCOCO._commandName])
    }
}

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure a file of detections against its ground truth.", subcommands: [EvaluateCOCO.self])
}
