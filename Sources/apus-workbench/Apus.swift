import ApusCommands
import ApusCore
import ArgumentParser

@main struct Apus: RootCommand {
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
}
