import ApusConfiguration
import ApusDatasets
import ApusTorch
import ApusTracking
import ApusTraining
import ArgumentParser

struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a detector as an experiment file says.",
        discussion: """
            Prepares the dataset where that is not done yet, trains, evaluates the validation split, and records \
            everything in experiments/mlruns. The run's id is printed on standard output.

              apus train experiments/garments.yaml
              apus train experiments/garments.yaml epochs=3 optimizer.lr0=0.001
              apus train --resume latest

            Ctrl-C ends after the current step; --resume then goes on after the last whole epoch.

            Exit status: 0 trained, 1 training failed or was interrupted, 2 wrong arguments, configuration or data.
            """)

    @Argument(help: "An experiment file, then key=value … that stand in for its own values.") var arguments: [String] =
        []
    @Option(help: "Go on with this run (an id, the start of one, or latest).") var resume: String?
    @Flag(help: "Print one JSON object instead of the run's id.") var json = false
    @OptionGroup var places: PlaceOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard arguments.isEmpty == (resume != nil) else {
            throw ValidationError(
                resume == nil
                    ? "Name an experiment file, or a run with --resume."
                    : "--resume goes on by the run's own configuration and takes no experiment file or values.")
        }
    }

    func run() throws {
        Torch.start()
        let session = try resume.map(resumed) ?? started(arguments[0], Array(arguments.dropFirst()))
        Interruption.listen()
        session.trainer.shouldStop = { Interruption.isAsked }
        let console = TrainingConsole(terminal: common.terminal)
        session.trainer.add(console)
        common.terminal.say("run \(session.run.id)")
        let result = try train(session)
        json ? try printJSON(TrainingSummary(session.run, result)) : print(session.run.id)
        if result.ending == .interrupted {
            throw WorkFailure(description: "interrupted; apus train --resume \(session.run.id) goes on")
        }
    }

    private func train(_ session: TrainingSession) throws -> TrainingResult {
        do {
            return try session.train()
        } catch {
            throw WorkFailure(description: "\(error)")
        }
    }

    private func started(_ path: String, _ overrides: [String]) throws -> TrainingSession {
        let experiment = try Configuration.decode(ApusTraining.Experiment.self, path: path, overrides: overrides)
        let workspace = try places.found(near: Configuration.folder(of: path))
        return try TrainingSession.start(
            experiment, path: path, dataset: try dataset(of: experiment),
            store: try TrackingStore(root: workspace.store))
    }

    private func resumed(_ reference: String) throws -> TrainingSession {
        try TrainingSession.resume(try places.store().run(matching: reference)) { try dataset(of: $0) }
    }

    private func dataset(of experiment: ApusTraining.Experiment) throws -> PreparedDataset {
        try prepared(experiment.dataset.resolved, terminal: common.terminal).dataset
    }
}

struct TrainingSummary: Encodable {
    var run, folder, ending: String
    var epochs: Int
    var bestEpoch: Int?
    var bestFitness, seconds: Double

    init(_ run: Run, _ result: TrainingResult) {
        self.run = run.id
        folder = run.folder
        ending = result.ending.rawValue
        epochs = result.epochsDone
        bestEpoch = result.bestEpoch.map { $0 + 1 }
        bestFitness = result.bestFitness
        seconds = result.seconds
    }

    enum CodingKeys: String, CodingKey {
        case run, folder, ending, epochs, seconds
        case bestEpoch = "best_epoch"
        case bestFitness = "best_mAP50-95"
    }
}
