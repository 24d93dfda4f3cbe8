extension Configuration {
    /// Every number of a configuration by its key path, such as `optimizer.lr0`: a run's parameters.
    public static func flattened(_ value: some Encodable) throws -> [String: String] {
        var flat: [String: String] = [:]
        flatten(try YAMLReader.read(try encode(value), name: "configuration"), path: "", into: &flat)
        return flat
    }

    private static func flatten(_ node: YAMLNode, path: String, into flat: inout [String: String]) {
        if let entries = node.entries {
            for entry in entries {
                flatten(entry.value, path: path.isEmpty ? entry.key : path + "." + entry.key, into: &flat)
            }
        } else if let elements = node.elements {
            for (index, element) in elements.enumerated() { flatten(element, path: "\(path).\(index)", into: &flat) }
        } else if let text = node.text {
            flat[path] = text
        }
    }
}
