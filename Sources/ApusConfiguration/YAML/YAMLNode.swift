/// A YAML value that remembers where it was written.
public struct YAMLNode: Equatable, Sendable {
    public enum Content: Equatable, Sendable {
        /// Text as written; only a plain scalar (no quotes, no tag) may also be a number, a truth value or null.
        case scalar(String, isPlain: Bool)
        case sequence([YAMLNode])
        case mapping([YAMLEntry])
    }

    public var content: Content
    public var position: SourcePosition

    public init(_ content: Content, at position: SourcePosition = .standard) {
        self.content = content
        self.position = position
    }

    static func plain(_ text: String) -> YAMLNode { YAMLNode(.scalar(text, isPlain: true)) }

    static let null = plain("null")
}

/// One `key: value` of a mapping, in the order of the file.
public struct YAMLEntry: Equatable, Sendable {
    public var key: String
    public var position: SourcePosition
    public var value: YAMLNode

    public init(_ key: String, _ value: YAMLNode, at position: SourcePosition = .standard) {
        self.key = key
        self.position = position
        self.value = value
    }
}

extension YAMLNode {
    /// `null`, `~` or nothing at all.
    public var isNull: Bool {
        guard case .scalar(let text, isPlain: true) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    public var entries: [YAMLEntry]? {
        guard case .mapping(let entries) = content else { return nil }
        return entries
    }

    public var elements: [YAMLNode]? {
        guard case .sequence(let elements) = content else { return nil }
        return elements
    }

    /// A scalar's text, `nil` for null and for what is not a scalar.
    public var text: String? {
        guard case .scalar(let text, _) = content, !isNull else { return nil }
        return text
    }

    public subscript(key: String) -> YAMLNode? { entries?.first { $0.key == key }?.value }

    /// The node at the end of `path`, as far as there is one.
    func nearest(to path: some Collection<any CodingKey>) -> YAMLNode {
        guard let key = path.first else { return self }
        if let index = key.intValue, let elements, elements.indices.contains(index) {
            return elements[index].nearest(to: path.dropFirst())
        }
        return self[key.stringValue]?.nearest(to: path.dropFirst()) ?? self
    }

    /// How an error message names what stands here.
    var foundDescription: String {
        switch content {
        case _ where isNull: "nothing"
        case .scalar(let text, isPlain: true): "'\(text.abbreviated)'"
        case .scalar(let text, isPlain: false): "the text \"\(text.abbreviated)\""
        case .sequence(let elements): "a list of \(elements.count)"
        case .mapping(let entries): "a mapping of \(entries.count)"
        }
    }
}

extension String {
    /// At most 60 characters, on one line.
    var abbreviated: String {
        let line = String(prefix(60).map { $0.isNewline ? " " : $0 })
        return count > 60 ? line + "…" : line
    }
}
