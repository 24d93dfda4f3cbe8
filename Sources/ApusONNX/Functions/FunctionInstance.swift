/// A function's nodes for one call: its inputs and outputs have the call's names, all else a name of its own, and
/// attributes are those that the call gives.
struct FunctionInstance {
    private let function: Function
    private let call: Node
    private let prefix: String
    private let opsets: [String: Int]
    private var names: [String: String] = [:]

    init(_ function: Function, _ call: Node, prefix: String, opsets: [String: Int]) {
        (self.function, self.call, self.prefix, self.opsets) = (function, call, prefix, opsets)
        for (index, input) in function.inputs.enumerated() { names[input] = call.input(index) ?? "" }
    }

    var nodes: [Node] {
        var instance = self
        let made = Set(function.nodes.flatMap(\.outputs))
        var passed: [Node] = []
        for (output, name) in zip(function.outputs, call.outputs) where !name.isEmpty {
            if made.contains(output), instance.names[output] == nil {
                instance.names[output] = name
            } else {
                passed.append(Node("Identity", name: call.label, inputs: [output], outputs: [name]))
            }
        }
        for index in passed.indices { passed[index].inputs = passed[index].inputs.map(instance.rename) }
        return function.nodes.map(instance.instantiate) + passed
    }

    private func rename(_ name: String) -> String { name.isEmpty ? "" : names[name] ?? prefix + name }

    private func instantiate(_ node: Node) -> Node {
        var result = node
        result.name = "\(call.label)/\(node.name.isEmpty ? node.operatorType : node.name)"
        result.inputs = node.inputs.map(rename)
        result.outputs = node.outputs.map(rename)
        let opset = function.opsetImports[node.domain]
        result.opset = opset == opsets[node.domain] ? nil : opset
        result.attributes = node.attributes.compactMapValues(instantiate)
        return result
    }

    /// `nil` for a reference to an attribute that the call leaves out.
    private func instantiate(_ attribute: Attribute) -> Attribute? {
        switch attribute {
        case .reference(let name, _): call.attributes[name] ?? function.defaultAttributes[name]
        case .graph(let graph): .graph(instantiate(graph))
        case .graphs(let graphs): .graphs(graphs.map(instantiate))
        default: attribute
        }
    }

    private func instantiate(_ graph: Graph) -> Graph {
        var result = graph
        result.nodes = graph.nodes.map(instantiate)
        result.inputs = graph.inputs.map(instantiate)
        result.outputs = graph.outputs.map(instantiate)
        result.valueInfo = graph.valueInfo.map(instantiate)
        result.initializers = renamed(graph.initializers)
        result.stringInitializers = renamed(graph.stringInitializers)
        result.sparseInitializers = renamed(graph.sparseInitializers)
        return result
    }

    private func instantiate(_ info: ValueInfo) -> ValueInfo { ValueInfo(rename(info.name), type: info.type) }

    private func renamed<Constant>(_ constants: [String: Constant]) -> [String: Constant] {
        Dictionary(constants.map { (rename($0.key), $0.value) }, uniquingKeysWith: { first, _ in first })
    }
}
