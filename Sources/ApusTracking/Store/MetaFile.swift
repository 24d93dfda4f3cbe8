import ApusConfiguration
import ApusCore

/// A `meta.yaml`: keys and values, of which those we do not know are kept.
struct MetaFile {
    let path: String
    private(set) var entries: [YAMLEntry]

    init(path: String) throws(TrackingError) {
        try self.init(path: path, text: try onFiles { () throws(FileError) in try FileSystem.readText(path) })
    }

    /// - Parameter text: what the file at `path` holds.
    init(path: String, text: String) throws(TrackingError) {
        self.path = path
        let node: YAMLNode
        do throws(ConfigurationError) {
            node = try YAMLReader.readMetadata(text, name: path)
        } catch {
            throw .damaged(path: path, problem: error.problem)
        }
        guard let entries = node.entries else {
            throw .damaged(path: path, problem: text.isEmpty ? "it is empty" : "not key: value lines")
        }
        self.entries = entries
    }

    init(path: String, entries: [YAMLEntry]) {
        self.path = path
        self.entries = entries
    }

    /// A new file, not yet written.
    init(path: String, _ values: KeyValuePairs<String, MetaValue>) {
        self.path = path
        entries = values.map { YAMLEntry($0.key, $0.value.node) }
    }

    var text: String { YAMLWriter.text(of: YAMLNode(.mapping(entries.sorted { $0.key < $1.key }))) }

    subscript(key: String) -> YAMLNode? { entries.first { $0.key == key }?.value }

    func optionalText(_ key: String) -> String? { self[key]?.text }

    func text(_ key: String) throws(TrackingError) -> String {
        guard let text = self[key]?.text else { throw missing(key, "text") }
        return text
    }

    func optionalInteger(_ key: String) -> Int64? { self[key]?.text.flatMap { Int64($0) } }

    func integer(_ key: String) throws(TrackingError) -> Int64 {
        guard let value = optionalInteger(key) else { throw missing(key, "a whole number") }
        return value
    }

    /// Sets a value; `nil` removes the key.
    mutating func set(_ key: String, _ value: MetaValue?) {
        entries.removeAll { $0.key == key }
        if let value { entries.append(YAMLEntry(key, value.node)) }
    }

    func write(with staging: Staging) throws(TrackingError) { try staging.replace(path, with: text) }

    private func missing(_ key: String, _ expected: String) -> TrackingError {
        let found = self[key].map { "found \($0.text ?? "nothing")" } ?? "the key is missing"
        return .damaged(path: path, problem: "\(key): expected \(expected), \(found)")
    }
}

/// What stands in a `meta.yaml`.
enum MetaValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByNilLiteral {
    case text(String), integer(Int64), null, texts([String]), mapping([String: MetaValue])

    init(stringLiteral text: String) { self = .text(text) }
    init(integerLiteral value: Int64) { self = .integer(value) }
    init(nilLiteral: ()) { self = .null }
    init(_ text: String?) { self = text.map { .text($0) } ?? .null }

    var node: YAMLNode {
        switch self {
        case .text(let text): YAMLNode(.scalar(text, isPlain: false))
        case .integer(let value): YAMLNode(.scalar(String(value), isPlain: true))
        case .null: YAMLNode(.scalar("null", isPlain: true))
        case .texts(let texts): YAMLNode(.sequence(texts.map { YAMLNode(.scalar($0, isPlain: false)) }))
        case .mapping(let values):
            YAMLNode(.mapping(values.sorted { $0.key < $1.key }.map { YAMLEntry($0.key, $0.value.node) }))
        }
    }
}
