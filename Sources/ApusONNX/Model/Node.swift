/// One operator call of a graph.
public struct Node: Equatable, Sendable {
    /// May be empty; `label` never is.
    public var name: String
    public var operatorType: String
    /// Empty for the standard operators.
    public var domain: String
    /// Names of values; an empty name is an optional input left out.
    public var inputs: [String]
    /// Names of values; an empty name is an optional output left out.
    public var outputs: [String]
    public var attributes: [String: Attribute]
    /// Which of a model's functions of one name is meant; empty for all but those.
    public var overload = ""
    /// The operator set's version where it is not the model's: in a function's body that was put in its call's place.
    public var opset: Int?

    public init(
        _ operatorType: String, name: String = "", domain: String = "", inputs: [String], outputs: [String],
        attributes: [String: Attribute] = [:]
    ) {
        (self.operatorType, self.name, self.domain) = (operatorType, name, domain)
        (self.inputs, self.outputs, self.attributes) = (inputs, outputs, attributes)
    }

    /// How messages call the node: its name, or its type and first output where it has none.
    public var label: String {
        name.isEmpty ? "\(operatorType) of '\(outputs.first { !$0.isEmpty } ?? "")'" : name
    }

    /// The input's name, or `nil` where the optional input is left out.
    public func input(_ index: Int) -> String? {
        index < inputs.count && !inputs[index].isEmpty ? inputs[index] : nil
    }

    public var subgraphs: [Graph] { attributes.values.flatMap(\.subgraphs) }
}
