/// The names of the classes; a class is the index of its name.
public struct LabelMap: Codable, Hashable, Sendable {
    public let names: [String]
    private let indices: [String: Int]

    /// Where two classes share a name, `index(of:)` gives the first.
    public init(names: [String]) {
        self.names = names
        indices = Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
    }

    public var count: Int { names.count }

    public func index(of name: String) -> Int? { indices[name] }

    /// The class's name, or its number where it has none.
    public func name(of label: Int) -> String { names.indices.contains(label) ? names[label] : "class \(label)" }

    public init(from decoder: any Decoder) throws {
        self.init(names: try decoder.singleValueContainer().decode([String].self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(names)
    }
}
