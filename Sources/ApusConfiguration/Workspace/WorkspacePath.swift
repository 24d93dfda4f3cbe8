import ApusCore
import Glibc

/// A path in a configuration: written relative to the file's folder, used as `resolved`.
public struct WorkspacePath: Codable, Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// As the file spells it.
    public let written: String
    /// As the system takes it.
    public let resolved: String

    /// - Parameter folder: what a relative path starts from.
    public init(_ written: String, relativeTo folder: String = ".") {
        self.written = written
        resolved = normalizedPath(FileSystem.resolve(written, relativeTo: folder))
    }

    public init(stringLiteral text: String) { self.init(text) }

    public init(from decoder: any Decoder) throws {
        let folder = CodingUserInfoKey.configurationFolder.flatMap { decoder.userInfo[$0] as? String } ?? "."
        let text = try decoder.singleValueContainer().decode(String.self)
        guard !text.isEmpty else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "expected a path, found empty text"))
        }
        self.init(text, relativeTo: folder)
    }

    /// Writes the resolved path: an effective configuration holds wherever it is stored.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(resolved)
    }

    public var description: String { resolved }
}

/// `path` without `.`, without doubled slashes, and without `a/..` where `a` is no link.
public func normalizedPath(_ path: String) -> String {
    var parts = [Substring]()
    let root = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") where part != "." {
        let here = root + parts.joined(separator: "/")
        if part == "..", let last = parts.last, last != "..", !isLink(here) {
            parts.removeLast()
        } else {
            parts.append(part)
        }
    }
    let joined = root + parts.joined(separator: "/")
    return joined.isEmpty ? "." : joined
}

/// `path` from the root of the file system.
public func absolutePath(_ path: String) -> String {
    guard !path.hasPrefix("/") else { return normalizedPath(path) }
    guard let folder = getcwd(nil, 0) else { return normalizedPath(path) }
    defer { free(folder) }
    return normalizedPath(String(cString: folder) + "/" + path)
}

private func isLink(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
}
