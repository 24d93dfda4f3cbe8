import ApusCore

/// What a folder's files held when they were written: its file `SHA256SUMS`, which `sha256sum -c` checks too.
public struct ChecksumList: Equatable, Sendable {
    public static let fileName = "SHA256SUMS"
    /// A list of more bytes is no list of a model's files.
    private static let maximumBytes = 1 << 20

    /// SHA-256 in hexadecimal by path below the folder.
    public var digests: [String: String]

    public init(digests: [String: String] = [:]) { self.digests = digests }

    /// Computes the digests of some of a folder's files.
    public init(of names: [String], in folder: String) throws(FileError) {
        digests = [:]
        for name in names { digests[name] = try Self.digest(of: folder + "/" + name) }
    }

    /// Reads a folder's list; `nil` where it has none.
    public init?(in folder: String) throws(ChecksumError) {
        let path = folder + "/" + Self.fileName
        guard FileSystem.exists(path) else { return nil }
        try self.init(contentsOf: path)
    }

    private init(contentsOf path: String) throws(ChecksumError) {
        let bytes: [UInt8]
        do throws(FileError) {
            let file = try MappedFile(path: path)
            bytes = withExtendedLifetime(file) { Array(file.bytes.prefix(Self.maximumBytes + 1)) }
        } catch { throw .file(error) }
        guard bytes.count <= Self.maximumBytes else { throw .malformed(path, line: 1) }
        digests = [:]
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where !line.isEmpty {
            guard let (digest, name) = Self.entry(line), digests.updateValue(digest, forKey: name) == nil else {
                throw .malformed(path, line: index + 1)
            }
        }
    }

    /// `DIGEST  NAME`, the second space an asterisk where the digest is of a binary file.
    private static func entry(_ line: ArraySlice<UInt8>) -> (digest: String, name: String)? {
        guard line.count > 66, let text = String(validating: line, as: UTF8.self) else { return nil }
        let (digest, name) = (text.prefix(64), String(text.dropFirst(66)))
        let isDigest = digest.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) }
        guard isDigest, ["  ", " *"].contains(text.dropFirst(64).prefix(2)), isPlain(name) else { return nil }
        return (String(digest), name)
    }

    /// A path that stays in its folder.
    private static func isPlain(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return !parts.contains { $0.isEmpty || $0 == "." || $0 == ".." } && !name.utf8.contains(0)
    }

    /// As the file has it.
    public var text: String {
        digests.sorted { $0.key < $1.key }.map { "\($0.value)  \($0.key)\n" }.joined()
    }

    /// Throws where a file of the list is gone or holds other bytes.
    public func verify(in folder: String) throws(ChecksumError) {
        for (name, expected) in digests.sorted(by: { $0.key < $1.key }) {
            try Self.verify(folder + "/" + name, is: expected)
        }
    }

    /// Throws where the model in `folder` is not what it was when it was registered; a folder without a list passes.
    ///
    /// - Parameter registered: the digest of the model's `file` by the registry: the list may have been changed with it.
    public static func verify(
        _ folder: String, file: String, registered: String?
    ) throws(ChecksumError) {
        let list = try ChecksumList(in: folder)
        if let registered, list?.digests[file] != registered { try verify(folder + "/" + file, is: registered) }
        try list?.verify(in: folder)
    }

    /// Throws where the file at `path` is gone or has another digest.
    public static func verify(_ path: String, is expected: String) throws(ChecksumError) {
        let found: String
        do throws(FileError) { found = try digest(of: path) } catch { throw .file(error) }
        guard found == expected else { throw .changed(path, expected: expected, found: found) }
    }

    /// The SHA-256 of a file in hexadecimal.
    public static func digest(of path: String) throws(FileError) -> String {
        let file = try MappedFile(path: path)
        return withExtendedLifetime(file) { hexadecimal(SHA256.hash(file.bytes)) }
    }
}

/// Files that are not what their list says.
public enum ChecksumError: Error, Equatable, CustomStringConvertible {
    case file(FileError)
    case malformed(String, line: Int)
    case changed(String, expected: String, found: String)

    public var description: String {
        switch self {
        case .file(let error): "\(error)"
        case .malformed(let path, let line):
            "\(path), line \(line): expected a SHA-256 digest, two spaces and a file's name; copy the folder again"
        case .changed(let path, let expected, let found):
            "\(path) is not the file that was registered: its SHA-256 is \(found.prefix(12))…, expected "
                + "\(expected.prefix(12))…; remove it and copy it again, or register it as a new version"
        }
    }
}
