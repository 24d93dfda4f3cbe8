import ApusCommands
import ArgumentParser

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure a model on a split, or a file of detections against its ground truth.",
        discussion: """
            What is not the name of a part below is a model: “evaluate latest” and “evaluate model latest” are one.

              apus evaluate latest --split test
              apus evaluate model latest --split test --json
              apus evaluate coco instances_val2017.json detections.json --type bbox --json

            Exit status: 0 measured, 2 no such model, data or file.
            """,
        subcommands: [EvaluateModel.self, EvaluateCOCO.self], defaultSubcommand: EvaluateModel.self)
}
