import ApusConfiguration
import ApusCore
import Glibc

/// A version of a registered model.
public struct ModelVersion: Equatable, Sendable {
    public var name: String
    public var version: Int
    /// The folder with the model's files.
    public var folder: String
    public var runID: String?
    public var modelID: String?
    public var description: String
    public var stage: ModelStage
    /// Milliseconds since 1970.
    public var creationTime: Int64
    public var tags: [String: String]
    public var aliases: [String]
}

/// MLflow's stages; aliases have taken their place.
public enum ModelStage: String, Sendable, CaseIterable {
    case none = "None", staging = "Staging", production = "Production", archived = "Archived"
    case deleted = "Deleted_Internal"
}

/// Named models with numbered versions and aliases, in the layout of MLflow's registry.
public struct ModelRegistry: Sendable {
    let store: TrackingStore
    private var root: String { store.root + "/models" }
    private var staging: Staging { store.staging }

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
        try staging.prepare()
        return try staging.exclusively { () throws(TrackingError) in
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

    /// Points an alias, such as `champion`, at a version; it leaves the version it pointed at before.
    public func setAlias(_ alias: String, of name: String, to version: Int) throws(TrackingError) {
        try KeyRules.checkAlias(alias)
        _ = try self.version(version, of: name)
        try staging.prepare()
        try staging.exclusively { () throws(TrackingError) in
            try onFiles { () throws(FileError) in try FileSystem.createFolder("\(root)/\(name)/aliases") }
            try staging.replace("\(root)/\(name)/aliases/\(alias)", with: String(version))
            try touch(name)
        }
    }

    public func removeAlias(_ alias: String, of name: String) throws(TrackingError) {
        try KeyRules.checkAlias(alias)
        try staging.prepare()
        try staging.exclusively { () throws(TrackingError) in
            guard unlink("\(root)/\(name)/aliases/\(alias)") == 0 else {
                throw .notFound("alias \(name)@\(alias)", remedy: "'apus models list' shows what there is")
            }
            try touch(name)
        }
    }

    public func setTag(_ key: String, _ value: String, of name: String, version: Int) throws(TrackingError) {
        try check(tag: key, value)
        _ = try self.version(version, of: name)
        let tags = KeyFolder(path: folder(name, version) + "/tags")
        try staging.prepare()
        try tags.prepare(key)
        try staging.replace(tags.path(of: key), with: value)
    }

    public func setStage(_ stage: ModelStage, of name: String, version: Int) throws(TrackingError) {
        _ = try self.version(version, of: name)
        try staging.prepare()
        try staging.exclusively { () throws(TrackingError) in
            var meta = try MetaFile(path: folder(name, version) + "/meta.yaml")
            meta.set("current_stage", .text(stage.rawValue))
            meta.set("last_updated_timestamp", .integer(currentMilliseconds()))
            try meta.write(with: staging)
        }
    }

    // MARK: Reading

    /// The names of all registered models, sorted.
    public func names() -> [String] {
        ((try? FileSystem.names(in: root)) ?? []).filter { FileSystem.exists("\(root)/\($0)/meta.yaml") }
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
        let folder = KeyFolder(path: "\(root)/\(name)/aliases")
        let values = (try? folder.values()) ?? [:]
        return values.compactMapValues { Int($0.filter { !$0.isWhitespace }) }
    }

    /// The version and folder that `NAME@ALIAS`, `NAME/VERSION` or `NAME` (the newest) means.
    public func resolve(_ text: String) throws(TrackingError) -> ResolvedModel {
        guard let reference = ModelReference(text) else {
            throw .invalidName(text, problem: "a model is named NAME@ALIAS, NAME/VERSION or NAME")
        }
        let models = FileSystem.folder(of: FileSystem.folder(of: store.root)) + "/models"
        do throws(ConfigurationError) {
            return try ModelResolver(store: store.root, models: models).resolve(reference)
        } catch {
            throw .notFound("model '\(text)'", remedy: "\(error.problem); \(error.remedy)")
        }
    }

    // MARK: Files

    private func folder(_ name: String, _ version: Int) -> String { "\(root)/\(name)/version-\(version)" }

    private func versionNumbers(of name: String) -> [Int] {
        ((try? FileSystem.names(in: "\(root)/\(name)")) ?? []).compactMap {
            $0.hasPrefix("version-") ? Int($0.dropFirst(8)) : nil
        }
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
            tags: try onFiles { () throws(FileError) in try KeyFolder(path: folder + "/tags").values() },
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
    private func touch(_ name: String) throws(TrackingError) {
        var meta = try MetaFile(path: "\(root)/\(name)/meta.yaml")
        meta.set("last_updated_timestamp", .integer(currentMilliseconds()))
        meta.set("aliases", .mapping(aliases(of: name).mapValues { .text(String($0)) }))
        try meta.write(with: staging)
    }

    private func check(tag key: String, _ value: String) throws(TrackingError) {
        try KeyRules.checkKey(key)
        try KeyRules.checkLength(of: key, value, limit: KeyRules.registryTagLimit)
    }
}
