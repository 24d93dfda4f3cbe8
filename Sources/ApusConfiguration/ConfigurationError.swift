/// A configuration that cannot be used: where, what was expected, what was found and what to do.
public struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of fault it is, for programs; people read `description`.
    public enum Kind: Equatable, Sendable {
        case unreadable, tooLarge, syntax, duplicateKey, unknownKey, missingKey, wrongType, invalidValue
    }

    public var kind: Kind
    /// The file and the place in it, or the override's own text.
    public var position: SourcePosition
    /// Such as `train.augmentation[2].probability`; empty at the top.
    public var keyPath: String
    /// What is wrong: one sentence without a final stop.
    public var problem: String
    /// What to do; may be empty.
    public var remedy: String

    public init(
        _ kind: Kind, at position: SourcePosition, keyPath: String = "", problem: String, remedy: String = ""
    ) {
        self.kind = kind
        self.position = position
        self.keyPath = keyPath
        self.problem = problem
        self.remedy = remedy
    }

    public var description: String {
        // The system's own words name the file already.
        if kind == .unreadable, keyPath.isEmpty, remedy.isEmpty { return problem }
        let place = keyPath.isEmpty ? "\(position)" : "\(position): \(keyPath)"
        return remedy.isEmpty ? "\(place): \(problem)" : "\(place): \(problem); \(remedy)"
    }
}

/// Where a value was written.
public enum SourcePosition: Hashable, Sendable, CustomStringConvertible {
    /// Line and column count from 1, columns in Unicode scalars; line 0 means the file as a whole.
    case file(String, line: Int, column: Int)
    /// A `key=value` on the command line.
    case override(String)
    /// A value that a type provides itself.
    case standard

    public var description: String {
        switch self {
        case .file(let path, line: 0, column: _): path
        case .file(let path, let line, let column): "\(path):\(line):\(column)"
        case .override(let text): "override '\(text)'"
        case .standard: "default value"
        }
    }
}
