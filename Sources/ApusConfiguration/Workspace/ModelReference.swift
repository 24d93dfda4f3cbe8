import ApusCore

/// A registered model as a command names it: `NAME@ALIAS`, `NAME/VERSION`, or `NAME` for the newest version.
public struct ModelReference: Hashable, Sendable, CustomStringConvertible {
    public enum Choice: Hashable, Sendable { case alias(String), version(Int), newest }

    public let name: String
    public let choice: Choice

    /// - Returns: `nil` where `text` has another form.
    public init?(_ text: String) {
        let isName = { (name: Substring) in !name.isEmpty && !name.contains { "/@:%".contains($0) } && name != ".." }
        if let at = text.firstIndex(of: "@") {
            let alias = text[text.index(after: at)...]
            guard isName(text[..<at]), isName(alias), !alias.hasPrefix(".") else { return nil }
            (name, choice) = (String(text[..<at]), .alias(String(alias)))
        } else if let slash = text.firstIndex(of: "/") {
            guard isName(text[..<slash]), let version = Int(text[text.index(after: slash)...]), version > 0
            else { return nil }
            (name, choice) = (String(text[..<slash]), .version(version))
        } else {
            guard isName(text[...]), text != "." else { return nil }
            (name, choice) = (text, .newest)
        }
    }

    public var description: String {
        switch choice {
        case .alias(let alias): "\(name)@\(alias)"
        case .version(let version): "\(name)/\(version)"
        case .newest: name
        }
    }
}

/// A version of a registered model and the folder that holds its files.
public struct ResolvedModel: Hashable, Sendable {
    public var name: String
    public var version: Int
    public var folder: String
}

extension Workspace {
    /// Finds a registered model's folder, from the registry in the tracking store.
    public func resolve(_ reference: ModelReference) throws(ConfigurationError) -> ResolvedModel {
        try ModelResolver(store: store, models: models).resolve(reference)
    }
}

/// Reads just enough of a registry to find a version's folder; a workspace that moved is still understood.
public struct ModelResolver: Sendable {
    let store: String
    let models: String

    /// - Parameters:
    ///   - store: the tracking store's folder.
    ///   - models: where `<name>/<version>/` are.
    public init(store: String, models: String) {
        self.store = store
        self.models = models
    }

    public func resolve(_ reference: ModelReference) throws(ConfigurationError) -> ResolvedModel {
        let version = try version(of: reference)
        for folder in [storedFolder(reference.name, version), "\(models)/\(reference.name)/\(version)"] {
            if let folder, FileSystem.isFolder(folder) {
                return ResolvedModel(name: reference.name, version: version, folder: folder)
            }
        }
        throw missing("the files of version \(version) of '\(reference.name)' are gone", reference)
    }

    private func version(of reference: ModelReference) throws(ConfigurationError) -> Int {
        let versions = registeredVersions(of: reference.name)
        switch reference.choice {
        case .version(let version):
            guard versions.contains(version) || FileSystem.isFolder("\(models)/\(reference.name)/\(version)") else {
                throw missing(
                    "no version \(version) of '\(reference.name)'", reference,
                    near: versions.map { "\(reference.name)/\($0)" })
            }
            return version
        case .newest:
            guard let newest = versions.max() else {
                throw missing("no model '\(reference.name)'", reference, near: names(in: store + "/models"))
            }
            return newest
        case .alias(let alias):
            let folder = "\(store)/models/\(reference.name)/aliases"
            let text = (try? FileSystem.readText("\(folder)/\(alias)")) ?? ""
            guard let version = Int(text.filter { !$0.isWhitespace }) else {
                let near = versions.isEmpty ? names(in: store + "/models") : names(in: folder)
                throw missing("no model '\(reference)'", reference, near: near)
            }
            return version
        }
    }

    private func registeredVersions(of name: String) -> [Int] {
        names(in: "\(store)/models/\(name)").compactMap { folder in
            guard folder.hasPrefix("version-"), let version = Int(folder.dropFirst(8)) else { return nil }
            let meta = metadata(name, version)
            return meta?["current_stage"]?.text == "Deleted_Internal" ? nil : version
        }
    }

    private func storedFolder(_ name: String, _ version: Int) -> String? {
        let meta = metadata(name, version)
        let location = meta?["storage_location"]?.text ?? meta?["source"]?.text
        return location.flatMap(localPath(ofURI:))
    }

    private func metadata(_ name: String, _ version: Int) -> YAMLNode? {
        let path = "\(store)/models/\(name)/version-\(version)/meta.yaml"
        guard let text = try? FileSystem.readText(path) else { return nil }
        return try? YAMLReader.readMetadata(text, name: path)
    }

    private func names(in folder: String) -> [String] { (try? FileSystem.names(in: folder)) ?? [] }

    private func missing(
        _ problem: String, _ reference: ModelReference, near: [String] = []
    ) -> ConfigurationError {
        let choices = near.joined(separator: ", ")
        let remedy = near.isEmpty ? "'apus models list' shows what there is" : "there is: \(choices)"
        return ConfigurationError(
            .unreadable, at: .file(store + "/models", line: 0, column: 0), problem: problem, remedy: remedy)
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
