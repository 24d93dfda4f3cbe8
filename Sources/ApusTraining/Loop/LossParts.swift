/// The parts of a loss by name, each already weighted by its gain and averaged over the images it covers.
public struct LossParts: Codable, Equatable, Sendable {
    public struct Part: Codable, Equatable, Sendable {
        public var name: String
        public var value: Double
    }

    public private(set) var parts: [Part]

    public init(_ parts: [(name: String, value: Double)] = []) { self.parts = parts.map(Part.init) }

    public var total: Double { parts.reduce(0) { $0 + $1.value } }

    public subscript(name: String) -> Double? { parts.first { $0.name == name }?.value }

    static func * (a: LossParts, factor: Double) -> LossParts { a.mapValues { $0 * factor } }
    static func / (a: LossParts, count: Double) -> LossParts { a.mapValues { $0 / count } }

    /// Part by part; what only one has stands as it is.
    static func + (a: LossParts, b: LossParts) -> LossParts {
        var sum = a
        for part in b.parts {
            if let index = sum.parts.firstIndex(where: { $0.name == part.name }) {
                sum.parts[index].value += part.value
            } else {
                sum.parts.append(part)
            }
        }
        return sum
    }

    private func mapValues(_ change: (Double) -> Double) -> LossParts {
        var result = self
        for index in result.parts.indices { result.parts[index].value = change(result.parts[index].value) }
        return result
    }
}

extension LossParts: CustomStringConvertible {
    public var description: String { parts.map { "\($0.name) \($0.value)" }.joined(separator: ", ") }
}
