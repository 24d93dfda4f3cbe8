import ApusConfiguration

/// A transform's parameters in a pipeline's file: read where there is one, written where there is none yet.
///
/// One list of calls serves both ways, so that what is written can always be read:
///
///     mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
///         try parameters.number("slope", &slope, in: 0...1)
///     }
///
/// A key left out keeps the variable's value; a key never asked for is an error that names the nearest one.
public struct Parameters {
    /// The file's entries, or those written so far.
    private var entries: [YAMLEntry]
    private let isWriting: Bool
    private let position: SourcePosition
    private var known: [String] = []
    private var skipped: Set<String> = []
    /// What error messages put before a key, such as `transforms[2]`.
    private let path: String

    /// To be read.
    public init(reading entries: [YAMLEntry], at position: SourcePosition, path: String) {
        (self.entries, self.position, self.path, isWriting) = (entries, position, path, false)
    }

    /// To be written.
    public init() { (entries, position, path, isWriting) = ([], .standard, "", true) }

    /// What was written.
    public var written: [YAMLEntry] { entries }

    /// One key: `read` takes its value from the file, `write` gives the value to put there; the other is not called.
    public mutating func value(
        _ key: String, read: (YAMLNode) throws(ConfigurationError) -> Void, write: () -> YAMLNode
    ) throws(ConfigurationError) {
        if isWriting { return entries.append(YAMLEntry(key, write())) }
        known.append(key)
        guard let node = entries.first(where: { $0.key == key })?.value else { return }
        do {
            try read(node)
        } catch {
            throw error.at(path, key)
        }
    }

    /// One key that is a value: `read` makes it of what the file has, `write` the other way round.
    mutating func value<Value>(
        _ key: String, _ value: inout Value, read: (YAMLNode) throws(ConfigurationError) -> Value,
        write: (Value) -> YAMLNode
    ) throws(ConfigurationError) {
        var result = value
        try self.value(
            key, read: { node throws(ConfigurationError) in result = try read(node) }, write: { write(result) })
        value = result
    }

    /// Keys that a file may have and that say nothing: what Albumentations writes of a transform's relatives, and warns of
    /// when it reads it.
    mutating func skip(_ keys: String...) { skipped.formUnion(keys) }

    /// An error unless every key of the file was asked for.
    public func finish() throws(ConfigurationError) {
        func isUnknown(_ key: String) -> Bool { !known.contains(key) && !skipped.contains(key) }
        guard !isWriting, let entry = entries.first(where: { isUnknown($0.key) }) else { return }
        let near = nearestName(to: entry.key, among: known)
        throw ConfigurationError(
            .unknownKey, at: entry.position, keyPath: path, problem: "unknown key '\(entry.key.prefix(60))'",
            remedy: near.map { "did you mean '\($0)'?" } ?? "known keys: \(known.sorted().joined(separator: ", "))")
    }

    /// An error unless the file has each of these keys.
    public func require(_ keys: String...) throws(ConfigurationError) {
        guard !isWriting, let key = keys.first(where: { key in !entries.contains { $0.key == key } }) else { return }
        throw problem(key, "'\(key)' is missing", remedy: "give it a value")
    }

    /// An error at `key`, for what only several parameters together show.
    public func problem(_ key: String, _ problem: String, remedy: String = "") -> ConfigurationError {
        let place = entries.first { $0.key == key }?.value.position ?? position
        return ConfigurationError(.invalidValue, at: place, problem: problem, remedy: remedy).at(path, key)
    }
}

extension ConfigurationError {
    /// The same error under `path.key`.
    fileprivate func at(_ path: String, _ key: String) -> ConfigurationError {
        var result = self
        let whole = path.isEmpty ? key : "\(path).\(key)"
        result.keyPath = keyPath.isEmpty ? whole : "\(whole)\(keyPath.hasPrefix("[") ? "" : ".")\(keyPath)"
        return result
    }
}
