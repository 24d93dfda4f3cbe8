import ApusConfiguration
import ApusDatasets
import ApusTorch
import ApusTracking
import ApusTraining
import ArgumentParser

struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a network as an experiment file says: boxes, masks, poses, turned boxes or classes.",
        discussion: """
            Prepares the dataset where that is not done yet, trains, evaluates the validation split, and records \
            everything in experiments/mlruns. The run's id is printed on standard output.

              apus train experiments/garments.yaml
              apus train experiments/garments.yaml epochs=3 optimizer.lr0=0.001
              apus train --resume latest

              apus train --resume latest --extend-epochs 20
              apus train experiments/garments.yaml --time-limit 30

            Ctrl-C, SIGTERM and --time-limit end after the current step; --resume goes on with the next one and gives the \
            weights that training in one go gives, to the bit. After a crash it goes on at the last checkpoint \
            (checkpoint.every_minutes, checkpoint.every_steps).

            Exit status: 0 trained, 1 training failed or was interrupted, 2 wrong arguments, configuration or data.
            """)

    @Argument(help: "An experiment file, then key=value … that stand in for its own values.") var arguments: [String] =
        []
    @Option(help: "Go on with this run (an id, the start of one, or latest).") var resume: String?
    @Option(help: ArgumentHelp("With --resume: train so many epochs more.", valueName: "count")) var extendEpochs = 0
    @Option(help: ArgumentHelp("Stop after so many minutes.", valueName: "minutes")) var timeLimit: Double?
    @Flag(help: "Print one JSON object instead of the run's id.") var json = false
    @OptionGroup var places: PlaceOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard extendEpochs >= 0, extendEpochs == 0 || resume != nil else {
            throw ValidationError("--extend-epochs takes a number above 0, and a run with --resume.")
        }
        if let timeLimit, !(timeLimit > 0 && timeLimit <= 1e6) {
            throw ValidationError("--time-limit takes minutes above 0.")
        }
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
        if result.ending.isUnfinished {
            throw WorkFailure(description: "\(result.ending.rawValue); apus train --resume \(session.run.id) goes on")
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
            store: try TrackingStore(root: workspace.store), timeLimit: limit)
    }

    private var limit: Duration? { timeLimit.map { .seconds($0 * 60) } }

    private func resumed(_ reference: String) throws -> TrainingSession {
        try TrainingSession.resume(
            try places.store().run(matching: reference), extraEpochs: extendEpochs, timeLimit: limit
        ) { try dataset(of: $0) }
    }

    private func dataset(of experiment: ApusTraining.Experiment) throws -> PreparedDataset {
        try prepared(experiment.dataset.resolved, terminal: common.terminal).dataset
    }
}

struct TrainingSummary: Encodable {
    var run, folder, ending: String
    var epochs: Int
    var bestEpoch: Int?
    var bestMetric: String
    var bestFitness, seconds: Double

    init(_ run: Run, _ result: TrainingResult) {
        self.run = run.id
        folder = run.folder
        ending = result.ending.rawValue
        epochs = result.epochsDone
        bestEpoch = result.bestEpoch.map { $0 + 1 }
        (bestMetric, bestFitness) = (result.fitnessName, result.bestFitness)
        seconds = result.seconds
    }

    enum CodingKeys: String, CodingKey {
        case run, folder, ending, epochs, seconds
        case bestEpoch = "best_epoch"
        case bestMetric = "best_metric"
        case bestFitness = "best_value"
    }
}
