/// Where a property of a command keeps its value: the parser writes to it, the command reads.
final class Slot<Value> {
    var value: Value?
    /// Names the property and says what it accepts.
    let definition: (Slot, String) -> Definition

    init(_ value: Value?, definition: @escaping (Slot, String) -> Definition) {
        (self.value, self.definition) = (value, definition)
    }

    var required: Value {
        guard let value else { preconditionFailure("a command's property is read before the command line") }
        return value
    }
}

/// A property of a command, found by reflection.
protocol ParsedProperty {
    /// - Parameter name: the property's name in words joined by “-”.
    func definitions(named name: String) -> [Definition]
    /// The groups inside, to be validated.
    var groups: [any ParsableArguments] { get }
}

extension ParsedProperty {
    var groups: [any ParsableArguments] { [] }
}
