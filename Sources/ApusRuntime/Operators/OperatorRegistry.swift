import ApusCore
import ApusONNX

/// Every operator that the runtime has, by family; a new one is a file and a line in its family's table.
public enum OperatorRegistry {
    static let families: [[any Operator.Type]] = [
        activations, arithmetic, control, convolutions, detections, features, generators, linear, logic, losses,
        movements, normalizations, optionals, poolings, quantizations, recurrent, reductions, resizings, samplings,
        sequences, shapings, signals, textual,
    ]

    /// Families whose operators take 16-bit floats as they are.
    private static let movingFamilies: [[any Operator.Type]] = [
        control, features, generators, logic, movements, optionals, sequences, shapings, textual,
    ]

    private static let moving = Set(movingFamilies.joined().map { ObjectIdentifier($0) })

    /// Whether 16-bit floats must be widened for `type`.
    static func widens(_ type: any Operator.Type) -> Bool {
        type.widensHalves && !moving.contains(ObjectIdentifier(type))
    }

    /// The names of the standard operators that a model may use.
    public static let operatorNames: [String] = Set(
        families.joined().map { $0.type }.filter(\.domain.isEmpty).map(\.name)
    ).sorted()

    private struct Key: Hashable {
        let domain, name: String
    }

    private static let implementations: [Key: [any Operator.Type]] = Dictionary(
        grouping: families.joined().sorted { $0.type.since < $1.type.since },
        by: { Key(domain: $0.type.domain, name: $0.type.name) })

    /// The newest implementation of `node`'s operator that the model's opset allows.
    static func makeOperator(for node: Node, opsets: [String: Int]) throws(RuntimeError) -> any Operator {
        let domain = node.domain == "ai.onnx" ? "" : node.domain
        let opset = node.opset ?? opsets[node.domain] ?? opsets[domain] ?? 1
        let found = implementations[Key(domain: domain, name: node.operatorType)]
        guard let match = found?.last(where: { $0.type.since <= opset }) else {
            let name = domain.isEmpty ? node.operatorType : "\(domain).\(node.operatorType)"
            throw .graph(.unsupportedOperator(name, opset: opset, node: node.label))
        }
        do throws(GraphError) { return try match.init(node, opset: opset) } catch { throw .graph(error) }
    }
}
