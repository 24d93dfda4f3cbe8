import ApusConfiguration
import ApusCore
import ApusInference
import ApusONNX
import ApusTracking
import Glibc

/// Makes a version of an ONNX file, of whatever origin: its files in the workspace, proved to load, and its entry in the
/// registry.
public struct ModelRegistration {
    public var name: String
    /// The ONNX file.
    public var file: String
    /// How it is fed and read; `nil` takes `MODEL.yaml` beside it, or what the model says.
    public var sidecar: String?
    /// The run that made it.
    public var run: Run?
    public var description = ""
    public var tags: [String: String] = [:]
    public var statement: CardStatement?

    public init(name: String, file: String, sidecar: String? = nil, run: Run? = nil) {
        (self.name, self.file, self.sidecar, self.run) = (name, file, sidecar, run)
    }

    /// How often another process may take the number that was to be ours.
    private static let attempts = 100

    /// - Parameter models: where `<name>/<version>/` are.
    /// - Returns: the version, and what the file says.
    public func register(
        in registry: ModelRegistry, models: String
    ) throws -> (version: ModelVersion, facts: ModelFacts) {
        try ModelRegistry.check(name: name)
        let facts = try ModelFacts(contentsOf: file, sidecar: sidecar)
        for _ in 1..<Self.attempts {
            let number = registry.nextVersion(of: name)
            let folder = "\(models)/\(name)/\(number)"
            do {
                return (try register(number, in: folder, facts, registry), facts)
            } catch TrackingError.versionTaken {
                continue
            } catch RegistryError.file(let error) where error.code == EEXIST {
                // Somebody registers this number now, or left the folder behind.
                if registry.nextVersion(of: name) == number { usleep(20_000) }
            }
        }
        throw RegistryError.folderTaken("\(models)/\(name)/\(registry.nextVersion(of: name))")
    }

    private func register(
        _ number: Int, in folder: String, _ facts: ModelFacts, _ registry: ModelRegistry
    ) throws -> ModelVersion {
        let modelID = run.map { _ in LoggedModel.newID() }
        let digest = try writeFiles(to: folder, version: number, facts, modelID, registry)
        do {
            if let run, let modelID { try run.logModel(name: name, id: modelID, location: folder) }
            let own = [ModelTag.digest: digest, ModelTag.source: absolutePath(file)]
            try registry.register(
                name: name, versionFolder: folder, version: number, runID: run?.id, modelID: modelID,
                description: description, tags: tags.merging(own) { $1 })
            return try registry.version(number, of: name)
        } catch {
            // A folder that the registry does not know would be in the next one's way.
            removeTree(folder)
            throw error
        }
    }

    private func writeFiles(
        to folder: String, version: Int, _ facts: ModelFacts, _ modelID: String?, _ registry: ModelRegistry
    ) throws -> String {
        do {
            let staged = try StagedFolder(for: folder)
            try staged.copy(file, as: ModelFolder.modelFile)
            for name in try Model.externalFiles(ofModelAt: file) {
                try staged.copy(FileSystem.folder(of: file) + "/" + name, as: name)
            }
            if let text = try sidecarText(facts) { try staged.write(text, as: "model.yaml") }
            if let labels = facts.use?.labels, !labels.isEmpty {
                try staged.write(labels.joined(separator: "\n") + "\n", as: "labels.txt")
            }
            try staged.write(
                statement.map { try Configuration.encode($0) } ?? CardStatement.template, as: CardStatement.fileName)
            try writeCompanions(to: staged, modelID)
            var card = ModelCard(facts, reference: "\(name)/\(version)", statement: statement ?? .init())
            card.title = "\(name), version \(version)"
            card.summary = description
            if let run { card.describe(run) }
            try card.write(to: staged)
            let digest = try ModelFolder.seal(staged.path)
            try staged.commit()
            return digest
        } catch let error as FileError {
            throw RegistryError.file(error)
        }
    }

    /// A sidecar that says everything, with the labels in it; `nil` for a model that says itself how it is used, and for
    /// one of which it is only guessed.
    private func sidecarText(_ facts: ModelFacts) throws -> String? {
        guard facts.use?.source == "sidecar" else { return nil }
        return try Sidecar(contentsOf: sidecar ?? Sidecar.path(beside: file)).yaml()
    }

    private func writeCompanions(to staged: StagedFolder, _ modelID: String?) throws {
        let model = try Model(contentsOf: file)
        let size = try MappedFile(path: file).bytes.count
        let companions = MLModelFile(
            model, fileName: ModelFolder.modelFile, byteCount: size, runID: run?.id, modelID: modelID)
        for (name, text) in companions.files { try staged.write(text, as: name) }
    }
}
