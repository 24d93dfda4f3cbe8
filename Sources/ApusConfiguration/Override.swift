/// A `key.path=value` of the command line.
struct Override {
    let text: String
    let path: [String]
    let value: YAMLNode

    private var position: SourcePosition { .override(text) }

    init(_ text: String) throws(ConfigurationError) {
        self.text = text
        let position = SourcePosition.override(text)
        guard let equals = text.firstIndex(of: "=") else { throw Override.malformed(position) }
        path = text[..<equals].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard !path.contains("") else { throw Override.malformed(position) }
        value = try YAMLReader.read(String(text[text.index(after: equals)...]), place: { _, _ in position })
    }

    func apply(to root: inout YAMLNode) throws(ConfigurationError) { try set(path[...], in: &root) }

    private func set(_ path: ArraySlice<String>, in node: inout YAMLNode) throws(ConfigurationError) {
        guard let key = path.first else {
            node = value
            return
        }
        switch node.content {
        case .mapping(var entries):
            try set(path.dropFirst(), forKey: key, in: &entries)
            node.content = .mapping(entries)
        case .sequence(var elements):
            guard let index = Int(key), elements.indices.contains(index) else {
                throw wrongPlace("'\(key)' is not an element of this list of \(elements.count)")
            }
            try set(path.dropFirst(), in: &elements[index])
            node.content = .sequence(elements)
        case .scalar:
            guard node.isNull else { throw wrongPlace("'\(key)' is below a single value, \(node.foundDescription)") }
            node = YAMLNode(.mapping([]), at: position)
            try set(path, in: &node)
        }
    }

    private func set(
        _ rest: ArraySlice<String>, forKey key: String, in entries: inout [YAMLEntry]
    ) throws(ConfigurationError) {
        let index = entries.firstIndex { $0.key == key } ?? entries.endIndex
        if index == entries.endIndex {
            entries.append(YAMLEntry(key, YAMLNode(.mapping([]), at: position), at: position))
        }
        try set(rest, in: &entries[index].value)
    }

    private func wrongPlace(_ problem: String) -> ConfigurationError {
        ConfigurationError(.unknownKey, at: position, problem: problem, remedy: "check the key path")
    }

    private static func malformed(_ position: SourcePosition) -> ConfigurationError {
        ConfigurationError(.syntax, at: position, problem: "not of the form key.path=value")
    }
}
