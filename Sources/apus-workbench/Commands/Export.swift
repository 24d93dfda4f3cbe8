import ApusCommands
import ApusConfiguration
import ApusCore
import ApusDatasets
import ApusDigest
import ApusExport
import ApusModels
import ApusRegistry
import ApusTorch
import ApusTracking
import ApusTraining
import ApusVision
import ArgumentParser
import Foundation

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Export a run's best weights as a registered model version, or an architecture as a folder.",
        discussion: """
            Writes models/NAME/VERSION with model.onnx, MLmodel, labels and a model card, proves on real images that our \
            runtime computes what LibTorch computes, and registers the version in the tracking store.

              apus export latest --name garments --alias champion

            An architecture is exported with weights that you bring, or with random ones, into a folder of its own:

              apus export --architecture resnet50 --weights resnet50.safetensors --labels imagenet.txt --output resnet50

            The best weights alone, which Python's safetensors opens and `weights:` starts from:

              apus export latest --format safetensors --file garments.safetensors

            Exit status: 0 exported, 1 the two differ by more than 1e-3 or the files cannot be written, 2 no such \
            run.
            """)

    @Argument(help: ArgumentHelp("A run: an id, the start of one, or latest.", valueName: "run")) var reference: String?
    @Option(help: "The model's name in the registry.") var name: String?
    @Option(help: "An alias that shall point at the new version.") var alias: String?
    @Option(help: "onnx, or safetensors: the best weights alone, by PyTorch's names.") var format = WeightFormat.onnx
    @Option(help: "The file that --format safetensors writes.", completion: .file(extensions: ["safetensors"]))
    var file: String?
    @Option(help: "Images that parity is proved on.") var parityImages = 8
    @Option(
        help: "What you say of the model in its card: a card.yaml (default: `card:` of the experiment).",
        completion: .file(extensions: ["yaml"]))
    var card: String?
    @Flag(help: "Print one JSON object.") var json = false
    @OptionGroup(title: "Quantization") var quantization: QuantizationOptions
    @OptionGroup(title: "An architecture instead of a run") var network: NetworkOptions
    @OptionGroup var places: PlaceOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard (format == .safetensors) == (file != nil) else {
            throw ValidationError("--format safetensors and --file FILE go together.")
        }
        if format == .safetensors {
            guard reference != nil, network.architecture == nil, name == nil, alias == nil else {
                throw ValidationError("--format safetensors takes a run and --file alone: it registers nothing.")
            }
        } else if network.architecture == nil {
            guard reference != nil else { throw ValidationError("Name a run, or an --architecture.") }
            guard name != nil else { throw ValidationError("Give the model's --name in the registry.") }
        } else if let extra = reference ?? name ?? alias ?? quantization.quantize.map({ "--quantize \($0.rawValue)" }) {
            throw ValidationError("\(extra): an architecture is exported to --output, not registered from a run.")
        }
        guard parityImages > 0 else { throw ValidationError("--parity-images is \(parityImages); choose 1 or more.") }
    }

    func run() throws {
        Torch.start()
        if let export = try NetworkExport(network) {
            return try report(try proved { try export(images: parityImages) })
        }
        if let reference, let file { return try writeWeights(of: reference, to: file) }
        guard let reference, let name else { return }
        try exportRun(reference, name: name)
    }

    private func writeWeights(of reference: String, to file: String) throws {
        let best = try places.store().run(matching: reference).bestNetwork()
        try FileSystem.createFolder(FileSystem.folder(of: file))
        try best.network.writeWeights(
            to: file,
            metadata: [
                "architecture": best.description.model.architecture,
                "classes": best.description.classNames.joined(separator: "\n"), "dataset": best.description.datasetID,
            ])
        json ? try printJSON(["file": file]) : print(file)
    }

    private func exportRun(_ reference: String, name: String) throws {
        try ApusTracking.ModelRegistry.check(name: name, alias: alias)
        let workspace = try places.found()
        let store = try TrackingStore(root: workspace.store, creatingIfMissing: false)
        let tracked = try store.run(matching: reference)
        let registry = ApusTracking.ModelRegistry(store)
        let best = try tracked.bestNetwork()
        let version = registry.nextVersion(of: name)
        let folder = try freeFolder(workspace, name: name, version: version)
        let parity = try write(best, as: name, of: tracked, version: version, to: folder, registry: registry)
        if let alias { try registry.setAlias(alias, of: name, to: version) }
        try report(
            ExportSummary(name: name, version: version, folder: folder, alias: alias, parity: parity))
    }

    private func freeFolder(_ workspace: Workspace, name: String, version: Int) throws -> String {
        let folder = workspace.modelFolder(name, version: version)
        guard !FileSystem.exists(folder) else {
            throw ValidationError("\(folder) is there but the registry does not know it: move it away.")
        }
        return folder
    }

    private func write(
        _ best: TrainedNetwork, as name: String, of tracked: Run, version: Int, to folder: String,
        registry: ApusTracking.ModelRegistry
    ) throws -> ParityReport {
        let modelID = LoggedModel.newID()
        var exporter = ModelExporter(description: try description(of: best, name: name))
        exporter.quantization = try quantization.quantization(for: tracked)
        let (card, images) = (try card(of: tracked), try sampleImages(of: tracked))
        let parity = try proved {
            try exporter.export(best, card: card, images: images, runID: tracked.id, modelID: modelID, to: folder)
        }
        do {
            let step = best.description.trainedEpochs
            try tracked.logModel(name: name, id: modelID, location: folder, step: step)
            let digest = try ChecksumList.digest(of: folder + "/" + ModelExporter.fileName)
            try registry.register(
                name: name, versionFolder: folder, version: version, runID: tracked.id, modelID: modelID,
                description: "Exported from run \(tracked.id)",
                tags: [ModelTag.digest: digest, ModelTag.parity: "LibTorch and the Apus runtime: \(parity)."])
        } catch {
            // A folder that the registry does not know would be in the next export's way.
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
        return parity
    }

    private func proved<Result>(_ export: () throws -> Result) throws -> Result {
        do {
            return try export()
        } catch let error as ExportError {
            throw WorkFailure(description: "\(error)")
        }
    }

    /// Neither run nor version is in the file: the same weights give the same bytes. MLmodel and the registry know both.
    private func description(of best: TrainedNetwork, name: String) throws -> ModelDescription {
        let trained = best.description
        let input = trained.model.inputSize(imageSize: trained.imageSize)
        let (mean, std) = trained.normalization.statistics
        return ModelDescription(
            task: ModelDescription.Task(try trained.model.knownTask()), labels: trained.classNames,
            input: InputSpecification(
                letterbox: LetterboxSpecification(width: input.width, height: input.height),
                shorterSide: trained.shorterSide,
                mean: mean, std: std),
            detection: .init(layout: trained.model.task == .keypoints ? .simcc : .v8), name: name,
            training: quantization.facts().merging(["dataset": trained.datasetID]) { $1 },
            keypoints: trained.keypoints)
    }

    /// Images of the validation split, which training never saw.
    private func sampleImages(of run: Run) throws -> [Image] {
        guard let path = try run.trainingDatasetPath() else { return [] }
        let dataset = try PreparedDataset(path: path)
        return try dataset.indices(of: .val).prefix(parityImages).map { try dataset.image($0) }
    }

    private func card(of run: Run) throws -> ModelCard {
        let stated = try card.map { try CardStatement.read($0) } ?? run.cardStatement()
        var card = ModelCard(statement: stated ?? .init())
        card.describe(run)
        return card
    }

    private func report(_ summary: ExportSummary) throws {
        if json { return try printJSON(summary) }
        let (version, alias) = ("\(summary.name)/\(summary.version)", summary.alias.map { " (\(summary.name)@\($0))" })
        common.terminal.say("\(summary.parity)")
        common.terminal.say("\(version)\(alias ?? "") is in \(summary.folder)")
        print(version)
    }

    private func report(_ summary: NetworkExportSummary) throws {
        if json { return try printJSON(summary) }
        common.terminal.say("\(summary.parity)")
        print(summary.folder)
    }
}

struct ExportSummary: Encodable {
    var name: String
    var version: Int
    var folder: String
    var alias: String?
    var parity: ParityReport
}

extension ModelExporter {
    /// A trained network of any task.
    fileprivate func export(
        _ best: TrainedNetwork, card: ModelCard, images: [Image], runID: String, modelID: String, to folder: String
    ) throws -> ParityReport {
        switch best.network {
        case let network as any ImageClassifier:
            try export(network, card: card, images: images, runID: runID, modelID: modelID, to: folder)
        case let network as any ObjectNetwork:
            try export(network, card: card, images: images, runID: runID, modelID: modelID, to: folder)
        case let network as SimCC:
            try export(network, card: card, images: images, runID: runID, modelID: modelID, to: folder)
        default: throw ExportError.unsupportedArchitecture(best.description.model.architecture)
        }
    }
}

enum WeightFormat: String, CaseIterable, ExpressibleByArgument {
    case onnx, safetensors
}
