import ApusCore

/// A model file or graph that cannot be read, built or executed: what, where, expected, found, and what to do.
public enum GraphError: Error, Equatable, CustomStringConvertible {
    // The file.
    case file(FileError)
    case malformed(String, offset: Int, file: String)
    case unsupportedFeature(String, file: String)
    case tensor(String, reason: String)
    case externalData(String, tensor: String)

    // The graph.
    case missingOpset(domain: String, node: String)
    case undefinedValue(String, node: String)
    case duplicateValue(String, node: String)
    case cycle(through: [String])
    /// Graphs or functions inside each other, deeper than `limit`.
    case nesting(limit: Int, node: String)
    /// Functions that call each other into more nodes than `limit`.
    case tooManyNodes(limit: Int, function: String)

    // The operators.
    case unsupportedOperator(String, opset: Int, node: String)
    case inputCount(Int, expected: ClosedRange<Int>, node: String)
    case outputCount(Int, expected: ClosedRange<Int>, node: String)
    case missingAttribute(String, node: String)
    case attributeType(String, expected: String, found: String, node: String)
    case attributeValue(String, expected: String, found: String, node: String)
    case elementType(found: String, expected: String, node: String)
    case shape(found: String, expected: String, node: String)

    public var description: String {
        switch self {
        case .file, .malformed, .unsupportedFeature, .tensor, .externalData: fileDescription
        case .missingOpset, .undefinedValue, .duplicateValue, .cycle, .nesting, .tooManyNodes: graphDescription
        default: operatorDescription
        }
    }

    private var fileDescription: String {
        switch self {
        case .file(let error): error.description
        case .malformed(let reason, let offset, let file):
            "\(file): not a whole ONNX model: \(reason) at byte \(offset); export or copy the model again"
        case .unsupportedFeature(let feature, let file):
            "\(file): \(feature) cannot be read; export the model without"
        case .tensor(let name, let reason): "tensor '\(name)': \(reason); export the model again"
        case .externalData(let reason, let tensor):
            "tensor '\(tensor)': \(reason); keep the data files in the model's folder as they were exported"
        default: ""
        }
    }

    private var graphDescription: String {
        switch self {
        case .missingOpset(let domain, let node):
            "\(node): no opset_import of '\(domain.isEmpty ? "ai.onnx" : domain)'; export the model again"
        case .undefinedValue(let value, let node):
            "\(node): '\(value)' is no input, initializer or output of a node; "
                + "check the graph with onnx.checker and export it again"
        case .duplicateValue(let value, let node):
            "\(node): '\(value)' is already defined; every value of a graph needs a name of its own"
        case .cycle(let nodes):
            "a cycle through \(nodes.joined(separator: ", ")); a graph must run from inputs to outputs"
        case .nesting(let limit, let node):
            "\(node): graphs or functions nested deeper than \(limit); export the model flatter"
        case .tooManyNodes(let limit, let function):
            "the function '\(function)' makes more than \(limit) nodes of the graph; export the model without functions"
        default: ""
        }
    }

    private var operatorDescription: String {
        switch self {
        case .unsupportedOperator(let name, let opset, let node):
            "\(node): no \(name) at opset \(opset), which this runtime has not; export the model without it"
        case .inputCount(let count, let expected, let node):
            "\(node): \(count) inputs, expected \(Self.text(expected))"
        case .outputCount(let count, let expected, let node):
            "\(node): \(count) outputs, expected \(Self.text(expected))"
        case .missingAttribute(let name, let node):
            "\(node): the attribute '\(name)' is missing; export the model again"
        case .attributeType(let name, let expected, let found, let node):
            "\(node): the attribute '\(name)' is of type \(found), expected \(expected)"
        case .attributeValue(let name, let expected, let found, let node):
            "\(node): the attribute '\(name)' is \(found), expected \(expected)"
        case .elementType(let found, let expected, let node): "\(node): elements of \(found), expected \(expected)"
        case .shape(let found, let expected, let node): "\(node): a shape of \(found), expected \(expected)"
        default: ""
        }
    }

    private static func text(_ range: ClosedRange<Int>) -> String {
        if range.lowerBound == range.upperBound { return "\(range.lowerBound)" }
        if range.upperBound == .max { return "\(range.lowerBound) or more" }
        return "\(range.lowerBound) to \(range.upperBound)"
    }
}
