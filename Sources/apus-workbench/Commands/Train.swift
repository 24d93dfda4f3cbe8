import ApusCommands
import ApusConfiguration
import ApusDatasets
import ApusTorch
import ApusTracking
import ApusTraining
import ArgumentParser
import Foundation

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

            Where MLFLOW_TRACKING_URI is the address of an MLflow tracking server, the run is sent there too as it \
            goes, without waiting for the network: see apus runs sync.

            Ctrl-C, SIGTERM and --time-limit end after the current step; --resume goes on with the next one and gives the \
            weights that training in one go gives, to the bit. After a crash it goes on at the last checkpoint \
            (checkpoint.every_minutes, checkpoint.every_steps).

            It trains on the GPU where LibTorch finds one (device, --device; precision for mixed precision; batch_size: \
            auto for as many images as its memory takes), else on the CPU. A step that finds no memory is computed in \
            pieces, and says so.

              apus train experiments/garments.yaml --device cuda:1 precision=auto batch_size=auto

            Several processes train together where the environment names a group (RANK, WORLD_SIZE, MASTER_ADDR, \
            MASTER_PORT, as torchrun sets them): see apus launch.

            Exit status: 0 trained, 1 training failed or was interrupted, 2 wrong arguments, configuration or data, or no \
            room to begin, \
            3 another process of the group has ended.
            """)

    @Argument(help: "An experiment file, then key=value … that stand in for its own values.") var arguments: [String] =
        []
    @Option(help: "Go on with this run (an id, the start of one, or latest).") var resume: String?
    @Option(help: ArgumentHelp("With --resume: train so many epochs more.", valueName: "count")) var extendEpochs = 0
    @Option(help: ArgumentHelp("Stop after so many minutes.", valueName: "minutes")) var timeLimit: Double?
    @Option(help: "auto, cpu, cuda or cuda:N; else the experiment's own.") var device: String?
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
        try checkDevice(device)
        guard arguments.isEmpty == (resume != nil) else {
            throw ValidationError(
                resume == nil
                    ? "Name an experiment file, or a run with --resume."
                    : "--resume goes on by the run's own configuration and takes no experiment file or values.")
        }
    }

    func run() throws {
        do {
            try train()
        } catch {
            throw PeerLoss(error) ?? error
        }
    }

    private func train() throws {
        Torch.start()
        let group = try group()
        if let group, !group.isMain { return try help(group) }
        let recording = try ServerRecording(terminal: common.terminal)
        let session =
            try resume.map { try resumed($0, group) } ?? started(arguments[0], Array(arguments.dropFirst()), group)
        Interruption.listen()
        session.trainer.shouldStop = { Interruption.isAsked || Launcher.hasEnded }
        let console = TrainingConsole(terminal: common.terminal)
        session.trainer.add(console)
        common.terminal.say("run \(session.run.id)")
        recording?.begin(session)
        let result = try working {
            defer { recording?.finish() }
            return try session.train()
        }
        json ? try printJSON(TrainingSummary(session.run, result)) : print(session.run.id)
        if result.ending.isUnfinished {
            let command = "\(Launcher.command(group)) train --resume \(session.run.id)"
            throw WorkFailure(description: "\(result.ending.rawValue); \(command) goes on")
        }
    }

    /// The processes that train together, where the environment names some; each has a device of its own. What is wrong
    /// with the request is wrong in all of them, and the main one says so once they have met.
    private func group() throws -> ProcessGroup? {
        guard let environment = try ProcessEnvironment(ProcessInfo.processInfo.environment) else { return nil }
        let device = try (try? requestedDevice()).map {
            try Device(named: $0, localRank: environment.localRank)
        }
        return try met(environment, device ?? .cpu)
    }

    /// Says after a while whom it waits for.
    private func met(_ environment: ProcessEnvironment, _ device: Device) throws -> ProcessGroup {
        let (terminal, size) = (common.terminal, environment.size)
        let notice = DispatchWorkItem {
            terminal.say("waits for all \(size) processes to meet at \(environment.host):\(environment.port)")
        }
        DispatchQueue.global().asyncAfter(deadline: .now() + 10, execute: notice)
        defer { notice.cancel() }
        return try ProcessGroup(environment, device: device)
    }

    private func requestedDevice() throws -> String {
        if let device { return device }
        guard let resume else { return try experiment(arguments[0], Array(arguments.dropFirst())).device }
        return try TrainingSession.configuration(of: try places.store().run(matching: resume)).0.device
    }

    /// Trains this process's part of every batch of the run that the group's main process records.
    private func help(_ group: ProcessGroup) throws {
        // The main process prepares the dataset, and takes up the run, before the others look at them.
        let run = String(decoding: try group.broadcast([]), as: UTF8.self)
        let trainer: Trainer
        do {
            trainer = try helper(group, of: run)
        } catch {
            // What fails here fails in the main process too, which says so, unless this machine alone lacks something.
            try group.barrier()
            throw error
        }
        Interruption.listen()
        trainer.shouldStop = { Interruption.isAsked || Launcher.hasEnded }
        _ = try working { try trainer.run() }
    }

    private func helper(_ group: ProcessGroup, of run: String) throws -> Trainer {
        if resume != nil {
            return try TrainingSession.helper(
                resuming: try places.store().run(id: run), extraEpochs: extendEpochs, group: group, device: device
            ) { try quietDataset(of: $0) }
        }
        let experiment = try experiment(arguments[0], Array(arguments.dropFirst()))
        return try TrainingSession.helper(experiment, dataset: try quietDataset(of: experiment), group: group)
    }

    /// The main process tells what there is to tell.
    private func quietDataset(of experiment: ApusTraining.Experiment) throws -> PreparedDataset {
        try preparedDataset(experiment.dataset.resolved, terminal: Terminal(isQuiet: true))
    }

    private func experiment(_ path: String, _ overrides: [String]) throws -> ApusTraining.Experiment {
        try Configuration.decode(
            ApusTraining.Experiment.self, path: path, overrides: overrides + (device.map { ["device=\($0)"] } ?? []))
    }

    /// From here on what fails is the work, not the request.
    private func working(_ work: () throws -> TrainingResult) throws -> TrainingResult {
        do {
            return try work()
        } catch {
            throw PeerLoss(error) ?? WorkFailure(description: "\(error)")
        }
    }

    private func started(_ path: String, _ overrides: [String], _ group: ProcessGroup?) throws -> TrainingSession {
        let experiment = try experiment(path, overrides)
        let workspace = try places.found(near: Configuration.folder(of: path))
        return try TrainingSession.start(
            experiment, path: path, dataset: try dataset(of: experiment, for: group),
            store: try TrackingStore(root: workspace.store), timeLimit: limit, group: group)
    }

    private var limit: Duration? { timeLimit.map { .seconds($0 * 60) } }

    private func resumed(_ reference: String, _ group: ProcessGroup?) throws -> TrainingSession {
        let run = try places.store().run(matching: reference)
        return try TrainingSession.resume(
            run, extraEpochs: extendEpochs, timeLimit: limit, group: group, device: device
        ) { try dataset(of: $0, for: group, resuming: run) }
    }

    /// Prepared once; then the other processes go on, with the run that this one found.
    private func dataset(
        of experiment: ApusTraining.Experiment, for group: ProcessGroup?, resuming run: Run? = nil
    ) throws -> PreparedDataset {
        let dataset = try dataset(of: experiment)
        _ = try group?.broadcast(Array((run?.id ?? "").utf8))
        return dataset
    }

    private func dataset(of experiment: ApusTraining.Experiment) throws -> PreparedDataset {
        try preparedDataset(experiment.dataset.resolved, terminal: common.terminal)
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
