import ApusCore
import Glibc
import Yams

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
        let place = { (mark: Mark?) in SourcePosition.file(name, line: mark?.line ?? 0, column: mark?.column ?? 0) }
        return try read(text, place: place)
    }

    static func read(
        _ text: String, place: @escaping (Mark?) -> SourcePosition
    ) throws(ConfigurationError) -> YAMLNode {
        guard text.utf8.count <= maximumBytes else { throw tooLarge(place(nil)) }
        guard aliasCount(in: text) <= maximumAliases else {
            throw ConfigurationError(
                .syntax, at: place(nil), problem: "more than \(maximumAliases) aliases (*name)",
                remedy: "write the values out")
        }
        let root: Node?
        do {
            // The basic resolver leaves plain scalars as text: their meaning is decided by the type that asks.
            root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
        } catch let error as YamlError {
            throw ConfigurationError(error, place: place)
        } catch {
            throw ConfigurationError(.syntax, at: place(nil), problem: "not YAML: \(error)")
        }
        var converter = NodeConverter(place: place)
        return try root.map { node throws(ConfigurationError) in try converter.convert(node, depth: 0) }
            ?? YAMLNode(.scalar("", isPlain: true), at: place(nil))
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

/// Turns the parser's nodes into ours.
private struct NodeConverter {
    let place: (Mark?) -> SourcePosition
    var count = 0

    init(place: @escaping (Mark?) -> SourcePosition) { self.place = place }

    mutating func convert(_ node: Node, depth: Int) throws(ConfigurationError) -> YAMLNode {
        let position = place(node.mark)
        count += 1
        guard count <= YAMLReader.maximumNodes else {
            throw tooComplex("more values than \(YAMLReader.maximumNodes)", position)
        }
        guard depth <= YAMLReader.maximumDepth else {
            throw tooComplex("nested deeper than \(YAMLReader.maximumDepth)", position)
        }
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain && scalar.tag == .implicit
            return YAMLNode(.scalar(scalar.string, isPlain: isPlain), at: position)
        case .sequence(let sequence):
            var elements = [YAMLNode]()
            for element in sequence { elements.append(try convert(element, depth: depth + 1)) }
            return YAMLNode(.sequence(elements), at: position)
        case .mapping(let mapping):
            return YAMLNode(.mapping(try entries(of: mapping, depth: depth)), at: position)
        case .alias:
            throw ConfigurationError(.syntax, at: position, problem: "an alias without its anchor")
        }
    }

    private mutating func entries(of mapping: Node.Mapping, depth: Int) throws(ConfigurationError) -> [YAMLEntry] {
        var entries = [YAMLEntry](), merged = [YAMLEntry](), seen = Set<String>()
        for (key, value) in mapping {
            let position = place(key.mark)
            guard case .scalar(let scalar) = key else {
                throw ConfigurationError(.syntax, at: position, problem: "a key that is not text")
            }
            let value = try convert(value, depth: depth + 1)
            if scalar.string == "<<", scalar.style == .plain {
                merged += try mergedEntries(of: value)
                continue
            }
            guard seen.insert(scalar.string).inserted else {
                throw ConfigurationError.duplicateKey(scalar.string, at: position)
            }
            entries.append(YAMLEntry(scalar.string, value, at: position))
        }
        return entries + merged.filter { seen.insert($0.key).inserted }
    }

    private func mergedEntries(of value: YAMLNode) throws(ConfigurationError) -> [YAMLEntry] {
        if let entries = value.entries { return entries }
        let lists = value.elements?.compactMap(\.entries) ?? []
        guard let elements = value.elements, lists.count == elements.count else {
            throw ConfigurationError(
                .wrongType, at: value.position, keyPath: "<<",
                problem: "expected a mapping to merge, found \(value.foundDescription)")
        }
        return lists.flatMap { $0 }
    }

    private func tooComplex(_ problem: String, _ position: SourcePosition) -> ConfigurationError {
        ConfigurationError(.tooLarge, at: position, problem: problem, remedy: "write a simpler file")
    }
}

extension ConfigurationError {
    static func duplicateKey(_ key: String, at position: SourcePosition) -> ConfigurationError {
        ConfigurationError(
            .duplicateKey, at: position, keyPath: key, problem: "this key appears twice in one mapping",
            remedy: "remove one")
    }

    init(_ error: YamlError, place: (Mark?) -> SourcePosition) {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let context = context.map { $0.text + " " } ?? ""
            self.init(.syntax, at: place(mark), problem: "not YAML: \(context)\(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            self = .duplicateKey(duplicates.joined(separator: ", "), at: place(context.mark))
        case .reader(let problem, let offset, _, _):
            let offset = offset.map { " at byte \($0)" } ?? ""
            self.init(.syntax, at: place(nil), problem: "not YAML: \(problem)\(offset)")
        default:
            self.init(.syntax, at: place(nil), problem: "not YAML")
        }
    }
}
