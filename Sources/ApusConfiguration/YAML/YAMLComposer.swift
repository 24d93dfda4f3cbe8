/// Builds nodes from events; aliases and `<<` are expanded, within `YAMLReader`'s limits.
struct YAMLComposer {
    /// A value with the measures that say what an alias of it costs.
    fileprivate struct Measured {
        var node: YAMLNode
        /// The nodes in it, itself included.
        var count = 1
        /// The levels below it.
        var height = 0
    }

    private let events: YAMLEvents
    private var anchors: [String: Measured] = [:]
    private var count = 0

    init(_ events: YAMLEvents) { self.events = events }

    /// The one document of a text; `nil` where there is none.
    mutating func document() throws(ConfigurationError) -> YAMLNode? {
        guard try events.next().kind == .document else { return nil }
        let root = try value(from: try events.next(), depth: 0).node
        let event = try events.next()
        guard event.kind == .end else {
            throw ConfigurationError(
                .syntax, at: event.position, problem: "not YAML: one document is expected, but found another document")
        }
        return root
    }

    private mutating func value(from event: YAMLEvents.Event, depth: Int) throws(ConfigurationError) -> Measured {
        try admit(1, depth: depth, at: event.position)
        var result: Measured
        switch event.kind {
        case .scalar(let text, let isPlain):
            result = Measured(node: YAMLNode(.scalar(text, isPlain: isPlain), at: event.position))
        case .alias(let name): return try target(of: name, depth: depth, at: event.position)
        case .sequence: result = try sequence(at: event.position, depth: depth)
        case .mapping: result = try mapping(at: event.position, depth: depth)
        case .end, .document, .sequenceEnd, .mappingEnd:
            throw ConfigurationError(.syntax, at: event.position, problem: "not YAML: a value is missing")
        }
        if let anchor = event.anchor { anchors[anchor] = result }
        return result
    }

    private mutating func target(
        of name: String, depth: Int, at position: SourcePosition
    ) throws(ConfigurationError) -> Measured {
        guard let target = anchors[name] else {
            throw ConfigurationError(.syntax, at: position, problem: "an alias without its anchor: *\(name)")
        }
        try admit(target.count - 1, depth: depth + target.height, at: position)
        return target
    }

    private mutating func sequence(at position: SourcePosition, depth: Int) throws(ConfigurationError) -> Measured {
        var (elements, result) = ([YAMLNode](), Measured(node: .null))
        var event = try events.next()
        while event.kind != .sequenceEnd {
            let element = try value(from: event, depth: depth + 1)
            elements.append(element.node)
            result.add(element)
            event = try events.next()
        }
        result.node = YAMLNode(.sequence(elements), at: position)
        return result
    }

    private mutating func mapping(at position: SourcePosition, depth: Int) throws(ConfigurationError) -> Measured {
        var (entries, merged) = ([YAMLEntry](), [YAMLEntry]())
        var (seen, result) = (Set<String>(), Measured(node: .null))
        var event = try events.next()
        while event.kind != .mappingEnd {
            guard case .scalar(let key, let isPlain) = event.kind else {
                throw ConfigurationError(.syntax, at: event.position, problem: "a key that is not text")
            }
            let entry = try value(from: try events.next(), depth: depth + 1)
            result.add(entry)
            if key == "<<", isPlain {
                merged += try Self.mergedEntries(of: entry.node)
            } else if seen.insert(key).inserted {
                entries.append(YAMLEntry(key, entry.node, at: event.position))
            } else {
                throw ConfigurationError.duplicateKey(key, at: event.position)
            }
            event = try events.next()
        }
        result.node = YAMLNode(.mapping(entries + merged.filter { seen.insert($0.key).inserted }), at: position)
        return result
    }

    private static func mergedEntries(of value: YAMLNode) throws(ConfigurationError) -> [YAMLEntry] {
        if let entries = value.entries { return entries }
        let lists = value.elements?.compactMap(\.entries) ?? []
        guard let elements = value.elements, lists.count == elements.count else {
            throw ConfigurationError(
                .wrongType, at: value.position, keyPath: "<<",
                problem: "expected a mapping to merge, found \(value.foundDescription)")
        }
        return lists.flatMap { $0 }
    }

    private mutating func admit(
        _ nodes: Int, depth: Int, at position: SourcePosition
    ) throws(ConfigurationError) {
        count += nodes
        guard count <= YAMLReader.maximumNodes else {
            throw tooComplex("more values than \(YAMLReader.maximumNodes)", position)
        }
        guard depth <= YAMLReader.maximumDepth else {
            throw tooComplex("nested deeper than \(YAMLReader.maximumDepth)", position)
        }
    }

    private func tooComplex(_ problem: String, _ position: SourcePosition) -> ConfigurationError {
        ConfigurationError(.tooLarge, at: position, problem: problem, remedy: "write a simpler file")
    }
}

extension YAMLComposer.Measured {
    fileprivate mutating func add(_ part: Self) {
        count += part.count
        height = max(height, part.height + 1)
    }
}

extension ConfigurationError {
    static func duplicateKey(_ key: String, at position: SourcePosition) -> ConfigurationError {
        ConfigurationError(
            .duplicateKey, at: position, keyPath: key, problem: "this key appears twice in one mapping",
            remedy: "remove one")
    }
}
