/// A name in the registry, and what holds for all its versions.
public struct RegisteredModel: Equatable, Sendable {
    public var name: String
    public var description: String
    /// Milliseconds since 1970.
    public var creationTime: Int64
    public var updateTime: Int64
    public var tags: [String: String]
    public var aliases: [String: Int]
}

/// A version of a registered model.
public struct ModelVersion: Equatable, Sendable {
    public var name: String
    public var version: Int
    /// The folder with the model's files, as the registry says it; `ModelRegistry.resolve` finds it after a move.
    public var folder: String
    public var runID: String?
    public var modelID: String?
    public var description: String
    public var stage: ModelStage
    /// Milliseconds since 1970.
    public var creationTime: Int64
    public var updateTime: Int64
    public var tags: [String: String]
    public var aliases: [String]
}

/// MLflow's stages; aliases have taken their place.
public enum ModelStage: String, Sendable, CaseIterable {
    case none = "None", staging = "Staging", production = "Production", archived = "Archived"
    case deleted = "Deleted_Internal"

    /// Whether clients of MLflow 2 serve what is in it.
    public var isActive: Bool { self == .staging || self == .production }
}

/// The tags that Apus gives to versions and models.
public enum ModelTag {
    /// Of a version: the SHA-256 of its model file.
    public static let digest = "apus.sha256"
    /// Of a version: how far our runtime and what it was exported from lie apart.
    public static let parity = "apus.parity"
    /// Of a version that was registered from a file: where the file lay.
    public static let source = "apus.source"

    /// Of a model: where an alias pointed before, a line a move.
    static func history(of alias: String) -> String { "apus.alias.\(alias).history" }
}
