import ApusCore
import ApusVision

/// A model as the command line names it, and the file that it means.
enum ModelReference {
    /// - Parameter workspace: the workspace folder; `nil` looks from the current folder upwards.
    static func file(for text: String, workspace: String?) throws(ModelReferenceError) -> String {
        if FileSystem.exists(text) {
            guard FileSystem.isFolder(text) else { return text }
            let file = text + "/model.onnx"
            if FileSystem.exists(file) { return file }
        }
        if text.hasSuffix(".onnx") { throw .noFile(text) }
        let roots = workspace.map { [$0] } ?? foldersUpwards()
        if let at = text.lastIndex(of: "@") {
            return try aliased(name: text[..<at], alias: text[text.index(after: at)...], roots, text)
        }
        guard let slash = text.lastIndex(of: "/") else { return try newest(of: text[...], roots) }
        return try versioned(name: text[..<slash], version: text[text.index(after: slash)...], roots, text)
    }

    /// The current folder and those above it. A relative path of dots is shorter to read than an absolute one.
    private static func foldersUpwards() -> [String] {
        var folders = ["."]
        while folders.count < 64, let last = folders.last, FolderIdentity(last) != FolderIdentity(last + "/..") {
            folders.append(last == "." ? ".." : last + "/..")
        }
        return folders
    }

    private static func versioned(
        name: Substring, version: Substring, _ roots: [String], _ text: String
    ) throws(ModelReferenceError) -> String {
        guard isName(name), isName(version) else { throw .notAReference(text) }
        let path = "models/\(name)/\(version)/model.onnx"
        if let root = roots.first(where: { FileSystem.exists(below($0, path)) }) { return below(root, path) }
        throw .noVersion(text, path: path, found: versions(of: name, roots))
    }

    /// The highest version there is.
    private static func newest(of name: Substring, _ roots: [String]) throws(ModelReferenceError) -> String {
        guard isName(name), let version = versions(of: name, roots).last else { throw .notAReference(String(name)) }
        return try versioned(name: name, version: version[...], roots, "\(name)/\(version)")
    }

    private static func aliased(
        name: Substring, alias: Substring, _ roots: [String], _ text: String
    ) throws(ModelReferenceError) -> String {
        guard isName(name), isName(alias) else { throw .notAReference(text) }
        for root in roots {
            for folder in ["experiments/mlruns/models", "models"] {
                let file = below(root, "\(folder)/\(name)/aliases/\(alias)")
                guard let version = (try? FileSystem.readText(file))?.trimmed else { continue }
                guard isName(version[...]) else { throw .badAlias(text, file: file) }
                return try versioned(name: name, version: version[...], [root], "\(name)/\(version)")
            }
        }
        throw .noAlias(text, found: aliases(of: name, roots))
    }

    /// One part of a path: it leads neither up nor further down.
    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty && text != "." && text != ".." && !text.contains("/") && !text.contains("\0")
    }

    private static func below(_ root: String, _ path: String) -> String { root == "." ? path : root + "/" + path }

    private static func versions(of name: Substring, _ roots: [String]) -> [String] {
        let found = roots.lazy.map { root in
            names(below(root, "models/\(name)")).filter {
                FileSystem.exists(below(root, "models/\(name)/\($0)/model.onnx"))
            }
        }
        return (found.first { !$0.isEmpty } ?? []).sorted { (Int($0) ?? 0, $0) < (Int($1) ?? 0, $1) }
    }

    private static func aliases(of name: Substring, _ roots: [String]) -> [String] {
        let found = roots.lazy.map { root in
            names(below(root, "experiments/mlruns/models/\(name)/aliases"))
                + names(below(root, "models/\(name)/aliases"))
        }
        return found.first { !$0.isEmpty } ?? []
    }

    private static func names(_ folder: String) -> [String] { (try? FileSystem.names(in: folder)) ?? [] }
}

extension String {
    fileprivate var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}

/// A reference that means no model: what was looked for and what there is.
enum ModelReferenceError: Error, Equatable, CustomStringConvertible {
    case noFile(String)
    case notAReference(String)
    case noVersion(String, path: String, found: [String])
    case noAlias(String, found: [String])
    case badAlias(String, file: String)

    var description: String {
        switch self {
        case .noFile(let path): "\(path): no such file; check the path"
        case .notAReference(let text):
            "“\(text)” is no model; give a FILE.onnx, NAME/VERSION, NAME@ALIAS or a NAME that has versions"
        case .noVersion(let text, let path, let found):
            "\(text): no \(path) here or in a folder above; \(Self.offer(found, "versions"))"
        case .noAlias(let text, let found):
            "\(text): no such alias here or in a folder above; \(Self.offer(found, "aliases"))"
        case .badAlias(let text, let file): "\(text): \(file) holds no version; set the alias again"
        }
    }

    private static func offer(_ found: [String], _ what: String) -> String {
        found.isEmpty
            ? "export the model, or name the workspace with --workspace"
            : "\(what) there: \(found.joined(separator: ", "))"
    }
}
