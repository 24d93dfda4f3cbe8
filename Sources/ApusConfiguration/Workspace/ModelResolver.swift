import ApusCore

/// A version of a registered model and the folder that holds its files.
public struct ResolvedModel: Hashable, Sendable {
    public var name: String
    public var version: Int
    public var folder: String
    /// The SHA-256 of its model file that the registry recorded, where it did.
    public var digest: String?

    /// The model file's name: `model.onnx`, or what MLflow's `MLmodel` says.
    public func fileName() throws(ModelResolutionError) -> String {
        if FileSystem.exists(folder + "/model.onnx") { return "model.onnx" }
        let path = folder + "/MLmodel"
        let description = (try? FileSystem.readText(path)).flatMap { try? YAMLReader.read($0, name: path) }
        let name = description?["flavors"]?["onnx"]?["data"]?.text
        guard let name, !name.split(separator: "/").contains(".."), !name.hasPrefix("/"),
            FileSystem.exists(folder + "/" + name)
        else { throw .noModelFile("\(self.name)/\(version)", folder: folder) }
        return name
    }
}

extension Workspace {
    /// Finds a registered model's folder, from the registry in the tracking store.
    public func resolve(_ reference: ModelReference) throws(ModelResolutionError) -> ResolvedModel {
        try ModelResolver(store: store, models: models).resolve(reference)
    }
}

/// Reads just enough of a registry to find a version's folder. A workspace that was moved or copied is understood, and
/// a folder of models without a registry too: `models/NAME/VERSION/` and `models/NAME/aliases/`.
public struct ModelResolver: Sendable {
    private let store: String
    private let models: String

    /// The tag of a version that holds the SHA-256 of its model file.
    public static let digestTag = "apus.sha256"

    /// - Parameters:
    ///   - store: the tracking store's folder.
    ///   - models: where `<name>/<version>/` are.
    public init(store: String, models: String) {
        self.store = store
        self.models = models
    }

    /// - Parameter workspace: the folder that holds both, or `models/` alone.
    public init(workspace: String) {
        self.init(
            store: FileSystem.resolve("experiments/mlruns", relativeTo: workspace),
            models: FileSystem.resolve("models", relativeTo: workspace))
    }

    public func resolve(_ reference: ModelReference) throws(ModelResolutionError) -> ResolvedModel {
        let (name, version) = (reference.name, try version(of: reference))
        let meta = metadata(name, version)
        guard !isDeleted(meta) else { throw .deleted("\(reference)", version: version) }
        let folders = folders(name, version, meta)
        guard let folder = folders.first(where: { FileSystem.isFolder($0) }) else {
            throw .filesMissing("\(reference)", version: version, folder: folders.last ?? models)
        }
        let tag = try? FileSystem.readText("\(registered(name))/version-\(version)/tags/\(Self.digestTag)")
        return ResolvedModel(name: name, version: version, folder: folder, digest: tag?.trimmed)
    }

    /// Whether there is a model of this name, however empty.
    public func knows(_ name: String) -> Bool {
        FileSystem.isFolder(registered(name)) || FileSystem.isFolder("\(models)/\(name)")
    }

    private func registered(_ name: String) -> String { "\(store)/models/\(name)" }

    // MARK: Versions

    private func version(of reference: ModelReference) throws(ModelResolutionError) -> Int {
        let name = reference.name
        switch reference.choice {
        case .version(let version):
            let isThere = registeredNumbers(of: name).contains(version)
            guard isThere || FileSystem.isFolder("\(models)/\(name)/\(version)") else {
                throw .unknownVersion("\(reference)", found: versions(of: name).map(String.init))
            }
            return version
        case .newest:
            guard let newest = versions(of: name).last else {
                throw .unknownModel(name, found: names(in: store + "/models"))
            }
            return newest
        case .alias(let alias): return try version(of: name, alias: alias)
        }
    }

    private func version(of name: String, alias: String) throws(ModelResolutionError) -> Int {
        let folders = [registered(name) + "/aliases", "\(models)/\(name)/aliases"]
        for folder in folders {
            guard let text = try? FileSystem.readText(folder + "/" + alias) else { continue }
            guard let version = Int(text.trimmed), version > 0 else {
                throw .badAlias("\(name)@\(alias)", file: folder + "/" + alias)
            }
            return version
        }
        throw .unknownAlias("\(name)@\(alias)", found: folders.flatMap(names))
    }

    /// Those that are not deleted, ascending; where nothing is registered, those that have a folder.
    private func versions(of name: String) -> [Int] {
        let registered = registeredNumbers(of: name)
        guard registered.isEmpty else {
            return registered.filter { !isDeleted(metadata(name, $0)) }.sorted()
        }
        let found = names(in: "\(models)/\(name)").compactMap { Int($0) }
        return found.filter { $0 > 0 && FileSystem.exists("\(models)/\(name)/\($0)/model.onnx") }.sorted()
    }

    private func registeredNumbers(of name: String) -> [Int] {
        names(in: registered(name)).compactMap { $0.hasPrefix("version-") ? Int($0.dropFirst(8)) : nil }
    }

    private func isDeleted(_ meta: YAMLNode?) -> Bool { meta?["current_stage"]?.text == "Deleted_Internal" }

    private func metadata(_ name: String, _ version: Int) -> YAMLNode? {
        let path = "\(registered(name))/version-\(version)/meta.yaml"
        guard let text = try? FileSystem.readText(path) else { return nil }
        return try? YAMLReader.readMetadata(text, name: path)
    }

    private func names(in folder: String) -> [String] { (try? FileSystem.names(in: folder)) ?? [] }

    // MARK: Folders

    /// Where a version's files may be. What the registry says is absolute and outlasts no move: where they would be in
    /// this workspace comes first, so that a copy never answers with the original's files.
    private func folders(_ name: String, _ version: Int, _ meta: YAMLNode?) -> [String] {
        let own = "\(models)/\(name)/\(version)"
        let location = meta?["storage_location"]?.text ?? meta?["source"]?.text
        guard let stored = location.flatMap(localPath(ofURI:)) else { return [own] }
        return moved(stored) + [own, stored]
    }

    /// A path in the workspace that was, in the one that is.
    private func moved(_ path: String) -> [String] {
        let parts = path.split(separator: "/")
        guard !parts.contains("..") else { return [] }
        let places = [(FileSystem.fileName(of: store), store), (FileSystem.fileName(of: models), models)]
        return places.compactMap { name, folder in
            guard let index = parts.lastIndex(of: name[...]), index + 1 < parts.count else { return nil }
            return folder + "/" + parts[(index + 1)...].joined(separator: "/")
        }
    }
}

extension StringProtocol {
    /// Without white space at its ends.
    package var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}

/// A reference that means no model: what was looked for, and what there is.
public enum ModelResolutionError: Error, Equatable, Sendable, CustomStringConvertible {
    case unknownModel(String, found: [String])
    case unknownVersion(String, found: [String])
    case unknownAlias(String, found: [String])
    case badAlias(String, file: String)
    case deleted(String, version: Int)
    case filesMissing(String, version: Int, folder: String)
    case noModelFile(String, folder: String)

    public var description: String {
        switch self {
        case .unknownModel(let name, let found): "\(name): no such model; \(Self.offer(found, "models"))"
        case .unknownVersion(let text, let found): "\(text): no such version; \(Self.offer(found, "versions"))"
        case .unknownAlias(let text, let found): "\(text): no such alias; \(Self.offer(found, "aliases"))"
        case .badAlias(let text, let file): "\(text): \(file) holds no version; set the alias again"
        case .deleted(let text, let version): "\(text): version \(version) was deleted; choose another"
        case .filesMissing(let text, let version, let folder):
            "\(text): the files of version \(version) are gone from \(folder); copy them there, or register it again"
        case .noModelFile(let text, let folder): "\(text): \(folder) holds no ONNX model; export or register one"
        }
    }

    private static func offer(_ found: [String], _ what: String) -> String {
        found.isEmpty
            ? "export the model, or name the workspace with --workspace"
            : "\(what) there: \(found.joined(separator: ", "))"
    }
}

/// The path of a `file:` URI or of a plain path; `nil` for other schemes. MLflow stores paths unescaped,
/// other tools escape them: what exists wins.
public func localPath(ofURI uri: String) -> String? {
    guard uri.hasPrefix("file:") else { return uri.contains("://") || uri.hasPrefix("models:/") ? nil : uri }
    var path = uri.dropFirst(5)
    if path.hasPrefix("//") { path = path.dropFirst(2).drop { $0 != "/" } }
    let literal = String(path)
    guard literal.contains("%"), !FileSystem.exists(literal) else { return literal }
    return percentDecoded(literal)
}

private func percentDecoded(_ text: String) -> String {
    var bytes = [UInt8]()
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
        if byte == UInt8(ascii: "%"), rest.count >= 2,
            let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
        {
            bytes.append(value)
            rest = rest.dropFirst(2)
        } else {
            bytes.append(byte)
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}
