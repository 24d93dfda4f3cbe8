import ApusCore
import Glibc

/// Reads YAML text into nodes that know their positions; aliases and `<<` are expanded, within limits.
public enum YAMLReader {
    /// Configurations are small; a larger file is a mistake.
    public static let maximumBytes = 4 << 20
    static let maximumDepth = 100
    static let maximumNodes = 1_000_000
    /// With at most this many aliases a file can grow some hundred thousand times at the very worst,
    /// and `maximumNodes` ends it long before.
    static let maximumAliases = 32

    public static func read(path: String) throws(ConfigurationError) -> YAMLNode {
        let whole = SourcePosition.file(path, line: 0, column: 0)
        let bytes: [UInt8]
        do throws(FileError) {
            try refuseLargeFile(path)
            bytes = try FileSystem.read(path)
        } catch {
            if error.code == EFBIG { throw tooLarge(whole) }
            throw ConfigurationError(.unreadable, at: whole, problem: error.description)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigurationError(
                .syntax, at: whole, problem: "not UTF-8 text", remedy: "save the file as UTF-8")
        }
        return try read(text, name: path)
    }

    /// - Parameter name: what error messages call the text.
    public static func read(_ text: String, name: String) throws(ConfigurationError) -> YAMLNode {
        try read(text) { .file(name, line: $0, column: $1) }
    }

    static func read(_ text: String, place: @escaping YAMLEvents.Place) throws(ConfigurationError) -> YAMLNode {
        guard text.utf8.count <= maximumBytes else { throw tooLarge(place(0, 0)) }
        guard aliasCount(in: text) <= maximumAliases else {
            throw ConfigurationError(
                .syntax, at: place(0, 0), problem: "more than \(maximumAliases) aliases (*name)",
                remedy: "write the values out")
        }
        var composer = YAMLComposer(YAMLEvents(text, place: place))
        return try composer.document() ?? YAMLNode(.scalar("", isPlain: true), at: place(0, 0))
    }

    private static func tooLarge(_ position: SourcePosition) -> ConfigurationError {
        ConfigurationError(
            .tooLarge, at: position, problem: "larger than 4 MB", remedy: "check that this is a configuration file")
    }

    private static func refuseLargeFile(_ path: String) throws(FileError) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw FileError("open", path) }
        let kind = status.st_mode & S_IFMT
        guard kind == S_IFREG else { throw FileError("read", path, code: kind == S_IFDIR ? EISDIR : ENOTSUP) }
        guard status.st_size <= maximumBytes else { throw FileError("read", path, code: EFBIG) }
    }

    /// Counts what could be an alias, before the parser sees the text: 0 where nothing could be an anchor.
    private static func aliasCount(in text: String) -> Int {
        var previous = UInt8(ascii: "\n"), mark: UInt8 = 0
        var anchors = 0, aliases = 0
        for byte in text.utf8 {
            if mark != 0, byte > 0x20 {
                if mark == UInt8(ascii: "*") { aliases += 1 } else { anchors += 1 }
            }
            let startsToken = previous <= 0x20 || [UInt8](",[{:-?".utf8).contains(previous)
            mark = startsToken && (byte == UInt8(ascii: "*") || byte == UInt8(ascii: "&")) ? byte : 0
            previous = byte
        }
        return anchors == 0 ? 0 : aliases
    }
}
