import ApusCommands
import ApusConfiguration
import ApusDatasets
import ApusTorch
import ApusTracking
import ApusTraining
import ApusTuning
import ArgumentParser

struct Tune: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Search for the numbers of an experiment with which training does best.",
        discussion: """
            The experiment file says under 'tune' what may be tried:

              tune:
                trials: 20
                parameters:
                  optimizer.lr0: {low: 1e-4, high: 1e-1, log: true}
                  batch_size: {low: 8, high: 32, step: 8}
                  optimizer.name: {choices: [sgd, adamw]}

              apus tune experiments/garments.yaml
              apus tune experiments/garments.yaml tune.method=random epochs=2
              apus tune --resume latest --trials 40

            Every trial is a run of its own, nested in the search's. Trials that do worse than the median of those \
            before them are stopped. The best configuration is printed as the path of an experiment file, tuned.yaml: \
            'apus train' takes it. After Ctrl-C or a crash --resume goes on within the trial that was under way.

            Exit status: 0 done, 1 the search failed or was interrupted, 2 wrong arguments, configuration or data.
            """)

    @Argument(help: "An experiment file, then key=value … that stand in for its own values.") var arguments: [String] =
        []
    @Option(help: "Go on with this search (a run's id, the start of one, or latest).") var resume: String?
    @Option(help: ArgumentHelp("Make so many trials in all.", valueName: "count")) var trials: Int?
    @Flag(help: "Print one JSON object instead of the path.") var json = false
    @OptionGroup var places: PlaceOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if let trials, !TuningConfiguration.trialCounts.contains(trials) {
            throw ValidationError("--trials takes 1 to 10000.")
        }
        guard arguments.isEmpty == (resume != nil) else {
            throw ValidationError(
                resume == nil
                    ? "Name an experiment file, or a search with --resume."
                    : "--resume goes on by the search's own configuration and takes no experiment file or values.")
        }
    }

    func run() throws {
        Torch.start()
        let recording = try ServerRecording(terminal: common.terminal)
        let session = try resume.map(resumed) ?? started(arguments[0], Array(arguments.dropFirst()))
        Interruption.listen()
        session.shouldStop = { Interruption.isAsked }
        let console = TuningConsole(session, terminal: common.terminal)
        common.terminal.say("search \(session.run.id)")
        recording?.add(session.run)
        console.showTraining = { recording?.begin($0) }
        let isDone = try search(session, recording)
        console.showRanking()
        guard isDone else {
            throw WorkFailure(description: "interrupted; apus tune --resume \(session.run.id) goes on")
        }
        json ? try printJSON(TuningSummary(session)) : print(session.tunedPath)
    }

    private func search(_ session: TuningSession, _ recording: ServerRecording?) throws -> Bool {
        defer { recording?.finish() }
        do {
            return try session.carryOut()
        } catch {
            throw WorkFailure(description: "\(error)")
        }
    }

    private func started(_ path: String, _ overrides: [String]) throws -> TuningSession {
        _ = try TuningPlan(path: path, overrides: overrides)
        let workspace = try places.found(near: Configuration.folder(of: path))
        return try TuningSession.start(
            path: path, overrides: overrides, trials: trials, store: try TrackingStore(root: workspace.store),
            dataset: dataset)
    }

    private func resumed(_ reference: String) throws -> TuningSession {
        let store = try places.store()
        let found = try store.run(matching: reference)
        // The newest run of a search is its last trial's.
        let run = try found.tags()[RunTag.parentRun].map { try store.run(id: $0) } ?? found
        return try TuningSession.resume(run, trials: trials, store: store, dataset: dataset)
    }

    private func dataset(of experiment: ApusTraining.Experiment) throws -> PreparedDataset {
        try preparedDataset(experiment.dataset.resolved, terminal: common.terminal)
    }
}

struct TuningSummary: Encodable {
    struct Result: Encodable {
        var number: Int
        var state: String
        var value: Double?
        var epochs: Int
        var run, failure: String?
        var values: [String: String]

        init(_ trial: Trial) {
            (number, state, value) = (trial.number + 1, trial.state.rawValue, trial.value)
            epochs = trial.measurements.last?.epoch ?? 0
            (run, failure, values) = (trial.run, trial.failure, trial.values)
        }
    }

    var run, folder, tuned: String
    var best: Result?
    var trials: [Result]

    init(_ session: TuningSession) {
        (run, folder, tuned) = (session.run.id, session.run.folder, session.tunedPath)
        (best, trials) = (session.trials.best.map(Result.init), session.trials.map(Result.init))
    }
}
