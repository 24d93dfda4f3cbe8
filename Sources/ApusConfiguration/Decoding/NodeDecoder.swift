/// What stays the same while one configuration is decoded.
final class DecodingSession {
    let root: YAMLNode
    let allowsNonFinite: Bool
    let ignoresUnknownKeys: Bool
    /// Whether texts must be quoted, as in JSON: YAML takes `[1]` for a list of texts where one is wanted.
    let quotesTexts: Bool
    let userInfo: [CodingUserInfoKey: Any]

    init(
        root: YAMLNode, folder: String, allowsNonFinite: Bool, ignoresUnknownKeys: Bool = false,
        quotesTexts: Bool = false
    ) {
        self.root = root
        self.quotesTexts = quotesTexts
        self.allowsNonFinite = allowsNonFinite
        self.ignoresUnknownKeys = ignoresUnknownKeys
        userInfo = CodingUserInfoKey.configurationFolder.map { [$0: folder] } ?? [:]
    }
}

/// Decodes one node and remembers which of its keys were asked for.
final class NodeDecoder: Decoder {
    let node: YAMLNode
    let codingPath: [any CodingKey]
    let session: DecodingSession
    /// Entries that stand in for keys the file leaves out.
    let defaults: YAMLNode?
    private(set) var askedKeys = Set<String>()
    private var isKeyed = false

    var userInfo: [CodingUserInfoKey: Any] { session.userInfo }

    init(_ node: YAMLNode, at path: [any CodingKey], in session: DecodingSession, defaults: YAMLNode?) {
        self.node = node
        self.codingPath = path
        self.session = session
        self.defaults = defaults
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard let entries = node.entries else { throw mismatch("a mapping (key: value)") }
        isKeyed = true
        return KeyedDecodingContainer(KeyedNodeContainer(decoder: self, entries: entries))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard let elements = node.elements else { throw mismatch("a list") }
        return UnkeyedNodeContainer(decoder: self, elements: elements)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        SingleNodeContainer(decoder: self)
    }

    func noteAsked(_ key: String) { askedKeys.insert(key) }
}

extension NodeDecoder {
    /// Decodes `node` as a `T`, with every check a configuration gets.
    static func decode<T: Decodable>(
        _ type: T.Type, from node: YAMLNode, at path: [any CodingKey], in session: DecodingSession,
        defaults inherited: YAMLNode?
    ) throws -> T {
        if let scalar = type as? any YAMLScalarValue.Type {
            guard let value = try decodeScalar(scalar, from: node, at: path, in: session) as? T else {
                throw ConfigurationError(.wrongType, at: node.position, problem: "no \(T.self)")
            }
            return value
        }
        let defaults = try (type as? any Defaulted.Type).map { try inherited ?? standardEntries(of: $0) }
        let decoder = NodeDecoder(node, at: path, in: session, defaults: defaults ?? inherited)
        let value: T
        do {
            value = try T(from: decoder)
        } catch let error as DecodingError {
            throw decoder.translate(error, decoding: type)
        }
        if !session.ignoresUnknownKeys { try decoder.refuseUnknownKeys() }
        if let validated = value as? any Validated, let problem = validated.problems().first {
            throw decoder.invalid(problem)
        }
        return value
    }

    private static func decodeScalar<V: YAMLScalarValue>(
        _ type: V.Type, from node: YAMLNode, at path: [any CodingKey], in session: DecodingSession
    ) throws -> V {
        if case .scalar(let text, let isPlain) = node.content, !node.isNull,
            !(session.quotesTexts && isPlain && type == String.self),
            let value = V(yaml: text, isPlain: isPlain, allowsNonFinite: session.allowsNonFinite)
        {
            return value
        }
        throw mismatch(V.expectation, node: node, path: path, remedy: scalarRemedy(type, node))
    }

    /// The entries that `type` provides itself, less those that must be written.
    private static func standardEntries(of type: any Defaulted.Type) throws -> YAMLNode {
        let node = try NodeEncoder.encode(type.init())
        return YAMLNode(.mapping((node.entries ?? []).filter { !type.requiredKeys.contains($0.key) }))
    }

    private static func scalarRemedy(_ type: any YAMLScalarValue.Type, _ node: YAMLNode) -> String {
        guard case .scalar(let text, let isPlain) = node.content else { return "" }
        if type == Bool.self, ["yes", "on", "y"].contains(text.lowercased()) { return "write true" }
        if type == Bool.self, ["no", "off", "n"].contains(text.lowercased()) { return "write false" }
        if !isPlain, type.init(yaml: text, isPlain: true, allowsNonFinite: false) != nil {
            return "remove the quotes"
        }
        if nonNumbers.contains(text.lowercased()) { return "write a finite number" }
        return ""
    }

    private static let nonNumbers: Set = [".nan", "nan", ".inf", "inf", "-.inf", "-inf", "+.inf"]
}

extension NodeDecoder {
    func mismatch(_ expected: String) -> ConfigurationError {
        NodeDecoder.mismatch(expected, node: node, path: codingPath)
    }

    static func mismatch(
        _ expected: String, node: YAMLNode, path: [any CodingKey], remedy: String = ""
    ) -> ConfigurationError {
        ConfigurationError(
            .wrongType, at: node.position, keyPath: path.written,
            problem: "expected \(expected), found \(node.foundDescription)", remedy: remedy)
    }

    func missing(_ key: String) -> ConfigurationError {
        let unasked = (node.entries ?? []).map(\.key).filter { !askedKeys.contains($0) }
        if let near = nearestName(to: key, among: unasked), let entry = node.entries?.first(where: { $0.key == near }) {
            return unknown(entry, among: [key])
        }
        return ConfigurationError(
            .missingKey, at: node.position, keyPath: (codingPath + [NodeKey(key)]).written,
            problem: "this key is missing", remedy: "add a line '\(key): …'")
    }

    fileprivate func refuseUnknownKeys() throws {
        guard isKeyed, let entry = node.entries?.first(where: { !askedKeys.contains($0.key) }) else { return }
        throw unknown(entry, among: askedKeys)
    }

    private func unknown(_ entry: YAMLEntry, among known: Set<String>) -> ConfigurationError {
        let near = nearestName(to: entry.key, among: known)
        let remedy = near.map { "did you mean '\($0)'?" } ?? "known keys: \(known.sorted().joined(separator: ", "))"
        return ConfigurationError(
            .unknownKey, at: entry.position, keyPath: (codingPath + [NodeKey(entry.key)]).written,
            problem: "unknown key '\(entry.key.abbreviated)'",
            remedy: known.isEmpty ? "no keys are known here" : remedy)
    }

    fileprivate func invalid(_ problem: ConfigurationProblem) -> ConfigurationError {
        ConfigurationError(
            .invalidValue, at: node[problem.key]?.position ?? node.position,
            keyPath: (codingPath + (problem.key.isEmpty ? [] : [NodeKey(problem.key)])).written,
            problem: problem.found.isEmpty
                ? problem.expected : "expected \(problem.expected), found \(problem.found)",
            remedy: problem.remedy)
    }

    /// Gives an error that a type's own `init(from:)` threw its place in the file.
    fileprivate func translate(_ error: DecodingError, decoding type: Any.Type) -> ConfigurationError {
        if let choices = allowedValues(of: type) { return choiceMismatch(choices) }
        switch error {
        case .keyNotFound(let key, _): return missing(key.stringValue)
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            let path = context.codingPath.count >= codingPath.count ? context.codingPath : codingPath
            return ConfigurationError(
                .invalidValue, at: session.root.nearest(to: path).position, keyPath: path.written,
                problem: context.debugDescription)
        @unknown default:
            return ConfigurationError(
                .invalidValue, at: node.position, keyPath: codingPath.written, problem: "\(error)")
        }
    }

    private func choiceMismatch(_ choices: [String]) -> ConfigurationError {
        let near = node.text.flatMap { nearestName(to: $0, among: choices) }
        return ConfigurationError(
            .invalidValue, at: node.position, keyPath: codingPath.written,
            problem: "expected one of \(choices.joined(separator: ", ")), found \(node.foundDescription)",
            remedy: near.map { "did you mean '\($0)'?" } ?? "")
    }
}

/// The raw values of an enumeration that can list its cases.
private func allowedValues(of type: Any.Type) -> [String]? {
    func rawValues<T: CaseIterable>(_ type: T.Type) -> [String]? {
        let raw = type.allCases.compactMap { ($0 as? any RawRepresentable).map { "\($0.rawValue)" } }
        return raw.isEmpty ? nil : raw
    }
    return (type as? any CaseIterable.Type).flatMap { rawValues($0) }
}

/// A key that is text or an index.
struct NodeKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(_ text: String) {
        stringValue = text
        intValue = nil
    }

    init(_ index: Int) {
        stringValue = String(index)
        intValue = index
    }

    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { self.init(intValue) }
}

extension [any CodingKey] {
    /// `a.b[2].c`
    var written: String {
        reduce(into: "") { text, key in
            if let index = key.intValue, key is NodeKey {
                text += "[\(index)]"
            } else {
                text += (text.isEmpty ? "" : ".") + key.stringValue
            }
        }
    }
}

extension CodingUserInfoKey {
    /// The folder that relative paths of a configuration start from, a `String`.
    public static var configurationFolder: CodingUserInfoKey? {
        CodingUserInfoKey(rawValue: "apus.configuration.folder")
    }
}
