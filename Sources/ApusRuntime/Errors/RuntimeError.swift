import ApusCore
import ApusONNX

/// Why a model cannot be made ready, or does not run: which node, what was expected, what was found, what to do.
public enum RuntimeError: Error, Equatable, CustomStringConvertible {
    /// The file or the graph is at fault.
    case graph(GraphError)
    case missingInput(String, expected: [String])
    case unknownInput(String, expected: [String])
    case inputType(String, expected: DataType, found: DataType)
    case inputShape(String, expected: String, found: Shape)
    /// What is given is not what the model declares: an array for a sequence, say.
    case inputKind(String, expected: String, found: String)
    /// An output that is no array of numbers, where only those were asked for.
    case outputKind(String, found: String)
    /// A declared input or output whose type the runtime has not.
    case unsupportedValue(String, type: String)
    /// A node refuses what reaches it.
    case operation(String, node: String, expected: String, found: String)
    case unsupported(String, node: String, reason: String)
    case memory(bytes: Int, limit: Int, operatorType: String, node: String)
    /// A run that does not end soon: a loop of very many rounds.
    case steps(limit: Int, operatorType: String, node: String)

    public var description: String {
        switch self {
        case .graph(let error): error.description
        case .missingInput(let name, let expected):
            "the input '\(name)' is missing; give \(Self.list(expected))"
        case .unknownInput(let name, let expected):
            "the model has no input '\(name)'; give \(Self.list(expected))"
        case .inputType(let name, let expected, let found):
            "the input '\(name)' holds \(found), expected \(expected); convert it first"
        case .inputShape(let name, let expected, let found):
            "the input '\(name)' has shape \(found), expected \(expected); resize or reshape it first"
        case .unsupportedValue(let name, let type):
            "'\(name)' is declared as \(type), which the runtime has not; export the model with tensors instead"
        case .inputKind(let name, let expected, let found):
            "the input '\(name)' is \(found), expected \(expected); give Session.run(values:) what the model declares"
        case .outputKind(let name, let found):
            "the output '\(name)' is \(found), no array of numbers; use Session.run(values:)"
        case .operation(let type, let node, let expected, let found):
            "\(node) (\(type)): expected \(expected), found \(found); "
                + "check the model's input shapes, or export it again"
        case .unsupported(let type, let node, let reason):
            "\(node) (\(type)): \(reason); export the model without it"
        case .memory(let bytes, let limit, let type, let node):
            "\(node) (\(type)): \(bytes) bytes more would pass the memory limit of \(limit); "
                + "use a smaller input, or raise Session.Options.memoryLimit"
        case .steps(let limit, let type, let node):
            "\(node) (\(type)): the run has executed \(limit) nodes; "
                + "check what ends its loops, or raise Session.Options.stepLimit"
        }
    }

    private static func list(_ names: [String]) -> String {
        names.isEmpty ? "none" : names.map { "'\($0)'" }.joined(separator: ", ")
    }

    init(_ error: OperatorError, in node: Node) {
        self =
            switch error {
            case .mismatch(let expected, let found):
                .operation(node.operatorType, node: node.label, expected: expected, found: found)
            case .unsupported(let reason): .unsupported(node.operatorType, node: node.label, reason: reason)
            case .memory(let bytes, let limit):
                .memory(bytes: bytes, limit: limit, operatorType: node.operatorType, node: node.label)
            case .steps(let limit): .steps(limit: limit, operatorType: node.operatorType, node: node.label)
            case .nested(let error): error
            }
    }
}
