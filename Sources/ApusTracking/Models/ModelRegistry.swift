import ApusConfiguration
import ApusCore

/// Named models with numbered versions and aliases, in the layout of MLflow's registry.
public struct ModelRegistry: Sendable {
    public let store: TrackingStore
    var root: String { store.root + "/models" }
    var staging: Staging { store.staging }

    public init(_ store: TrackingStore) { self.store = store }

    // MARK: Writing

    /// Throws where a model cannot be logged and registered under `name`, or `alias` cannot point at it: to be asked
    /// before any file of a version is written.
    public static func check(name: String, alias: String? = nil) throws(TrackingError) {
        try KeyRules.checkModelName(name)
        try KeyRules.checkLoggedModelName(name)
        if let alias { try KeyRules.checkAlias(alias) }
    }

    /// Adds a version, and the model where it is new.
    ///
    /// - Parameters:
    ///   - version: the number that `nextVersion` gave; `nil` takes the next one.
    ///   - versionFolder: the folder with `MLmodel` and the model's files; they stay there.
    ///   - modelID: of `Run.logModel`; without it the version is linked to the run alone.
    /// - Returns: the version's number.
    @discardableResult
    public func register(
        name: String, versionFolder: String, version: Int? = nil, runID: String? = nil, modelID: String? = nil,
        description: String = "", tags: [String: String] = [:]
    ) throws(TrackingError) -> Int {
        try KeyRules.checkModelName(name)
        for (key, value) in tags { try check(tag: key, value) }
        return try changing(name) { () throws(TrackingError) in
            try createModel(name)
            let version = version ?? nextVersion(of: name)
            guard version > 0, !FileSystem.exists(folder(name, version)) else {
                throw .versionTaken(model: name, version: version)
            }
            let location = "file://" + absolutePath(versionFolder)
            let meta = versionMeta(
                name, version, location: location, runID: runID, modelID: modelID, description: description)
            try install(meta, tags: tags, at: folder(name, version))
            try touch(name)
            if let modelID { try store.link(modelID: modelID, toVersion: version, of: name) }
            return version
        }
    }

    /// One more than the highest version, deleted ones included; 1 for a new model.
    public func nextVersion(of name: String) -> Int { (versionNumbers(of: name).max() ?? 0) + 1 }

    /// Changes a model while no other process or thread of Apus changes the registry.
    func changing<R>(_ name: String, _ body: () throws(TrackingError) -> R) throws(TrackingError) -> R {
        try KeyRules.checkModelName(name)
        try staging.prepare()
        return try staging.exclusively { () throws(TrackingError) in
            try requireInside(folder(name))
            return try body()
        }
    }

    // MARK: Reading

    /// The names of all registered models, sorted.
    public func names() -> [String] {
        ((try? FileSystem.names(in: root)) ?? []).filter { FileSystem.exists("\(root)/\($0)/meta.yaml") }
    }

    public func model(named name: String) throws(TrackingError) -> RegisteredModel {
        try requireModel(name)
        let meta = try MetaFile(path: folder(name) + "/meta.yaml")
        return RegisteredModel(
            name: name, description: meta.optionalText("description") ?? "",
            creationTime: meta.optionalInteger("creation_timestamp") ?? 0,
            updateTime: meta.optionalInteger("last_updated_timestamp") ?? 0, tags: try tags(of: folder(name)),
            aliases: aliases(of: name))
    }

    /// Every version that is not deleted, oldest first.
    public func versions(of name: String) throws(TrackingError) -> [ModelVersion] {
        var versions = [ModelVersion]()
        for number in versionNumbers(of: name).sorted() {
            let version = try read(name, number)
            if version.stage != .deleted { versions.append(version) }
        }
        return versions
    }

    public func version(_ number: Int, of name: String) throws(TrackingError) -> ModelVersion {
        guard versionNumbers(of: name).contains(number), let version = try? read(name, number),
            version.stage != .deleted
        else { throw .notFound("model \(name)/\(number)", remedy: "'apus models list' shows what there is") }
        return version
    }

    public func aliases(of name: String) -> [String: Int] {
        let folder = KeyFolder(path: folder(name) + "/aliases")
        let values = (try? folder.values()) ?? [:]
        return values.compactMapValues { Int($0.filter { !$0.isWhitespace }) }
    }

    /// The version and folder that `NAME@ALIAS`, `NAME/VERSION` or `NAME` (the newest) means.
    public func resolve(_ text: String) throws(TrackingError) -> ResolvedModel {
        guard let reference = ModelReference(text) else {
            throw .invalidName(text, problem: "a model is named NAME@ALIAS, NAME/VERSION or NAME")
        }
        let models = ModelRegistry.workspaceModels(of: store.root)
        do throws(ModelResolutionError) {
            return try ModelResolver(store: store.root, models: models).resolve(reference)
        } catch {
            throw .notFound("model '\(text)'", remedy: "\(error)")
        }
    }

    // MARK: Files

    /// Where a workspace keeps the files of versions, whose store is at `root`.
    static func workspaceModels(of root: String) -> String {
        FileSystem.folder(of: FileSystem.folder(of: root)) + "/models"
    }

    func folder(_ name: String) -> String { "\(root)/\(name)" }

    func folder(_ name: String, _ version: Int) -> String { "\(root)/\(name)/version-\(version)" }

    /// Beyond this there is no next version; MLflow's own counters end before.
    private static let highestVersion = 1 << 31

    func versionNumbers(of name: String) -> [Int] {
        ((try? FileSystem.names(in: folder(name))) ?? []).compactMap {
            guard $0.hasPrefix("version-"), let number = Int($0.dropFirst(8)) else { return nil }
            return (1..<Self.highestVersion).contains(number) ? number : nil
        }
    }

    func requireModel(_ name: String) throws(TrackingError) {
        try KeyRules.checkModelName(name)
        guard FileSystem.exists(folder(name) + "/meta.yaml") else {
            throw .notFound("model '\(name)'", remedy: "'apus models list' shows what there is")
        }
    }

    func tags(of folder: String) throws(TrackingError) -> [String: String] {
        try onFiles { () throws(FileError) in try KeyFolder(path: folder + "/tags").values() }
    }

    private func read(_ name: String, _ number: Int) throws(TrackingError) -> ModelVersion {
        let folder = folder(name, number)
        let meta = try MetaFile(path: folder + "/meta.yaml")
        let location = meta.optionalText("storage_location") ?? meta.optionalText("source") ?? ""
        let stage = meta.optionalText("current_stage").flatMap { ModelStage(rawValue: $0) } ?? .none
        return ModelVersion(
            name: name, version: number, folder: localPath(ofURI: location) ?? location,
            runID: meta.optionalText("run_id"), modelID: meta.optionalText("model_id"),
            description: meta.optionalText("description") ?? "", stage: stage,
            creationTime: meta.optionalInteger("creation_timestamp") ?? 0,
            updateTime: meta.optionalInteger("last_updated_timestamp") ?? 0, tags: try tags(of: folder),
            aliases: aliases(of: name).filter { $0.value == number }.keys.sorted())
    }

    private func createModel(_ name: String) throws(TrackingError) {
        guard !FileSystem.exists("\(root)/\(name)/meta.yaml") else { return }
        let now = MetaValue.integer(currentMilliseconds())
        let meta = MetaFile(
            path: "meta.yaml",
            [
                "aliases": .mapping([:]), "creation_timestamp": now, "description": "", "last_updated_timestamp": now,
                "name": .text(name), "workspace": "default",
            ])
        try install(meta, tags: [:], at: "\(root)/\(name)")
    }

    private func versionMeta(
        _ name: String, _ version: Int, location: String, runID: String?, modelID: String?, description: String
    ) -> MetaFile {
        let now = MetaValue.integer(currentMilliseconds())
        return MetaFile(
            path: "meta.yaml",
            [
                "creation_timestamp": now, "current_stage": .text(ModelStage.none.rawValue),
                "description": .text(description), "last_updated_timestamp": now, "model_id": MetaValue(modelID),
                "name": .text(name), "run_id": MetaValue(runID), "run_link": nil,
                "source": .text(modelID.map { "models:/\($0)" } ?? location), "status": "READY",
                "status_message": nil, "storage_location": .text(location), "user_id": nil,
                "version": .integer(Int64(version)), "workspace": "default",
            ])
    }

    private func install(_ meta: MetaFile, tags: [String: String], at path: String) throws(TrackingError) {
        let staged = try staging.uniquePath()
        try onFiles { () throws(FileError) in
            try FileSystem.createFolder(staged)
            try FileSystem.createFolder(FileSystem.folder(of: path))
        }
        try store.write(meta.text, to: staged + "/meta.yaml")
        try store.writeValues(tags, in: KeyFolder(path: staged + "/tags"))
        try staging.install(staged, at: path)
    }

    /// Notes a change in the model's own file, its aliases too.
    func touch(_ name: String) throws(TrackingError) {
        try change("\(root)/\(name)/meta.yaml") {
            $0.set("aliases", .mapping(aliases(of: name).mapValues { .text(String($0)) }))
        }
    }

    func change(_ path: String, _ body: (inout MetaFile) -> Void) throws(TrackingError) {
        var meta = try MetaFile(path: path)
        body(&meta)
        meta.set("last_updated_timestamp", .integer(currentMilliseconds()))
        try meta.write(with: staging)
    }

    func check(tag key: String, _ value: String) throws(TrackingError) {
        try KeyRules.checkKey(key)
        try KeyRules.checkLength(of: key, value, limit: KeyRules.registryTagLimit)
    }
}
