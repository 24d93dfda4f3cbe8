extension Attribute {
    /// `AttributeProto`.
    func write(as name: String, to writer: inout WireWriter) {
        writer.write(AttributeField.name, name)
        switch self {
        case .float(let value): writer.write(AttributeField.float, value)
        case .int(let value): writer.write(AttributeField.int, value)
        case .string(let value): writer.write(AttributeField.string, value)
        case .tensor(let value): writer.write(AttributeField.tensor, tensorMessage(value, name: ""))
        case .stringTensor(let value): writer.write(AttributeField.tensor, tensorMessage(value, name: ""))
        case .sparseTensor(let value): writer.write(AttributeField.sparseTensor, sparseMessage(value, name: ""))
        case .graph(let value): writer.write(AttributeField.graph, value.encoded())
        case .type(let value): writer.write(AttributeField.valueType) { value.write(to: &$0) }
        case .reference(let value, _): writer.write(AttributeField.reference, value)
        default: writeElements(to: &writer)
        }
        writer.write(AttributeField.kind, code)
    }

    private func writeElements(to writer: inout WireWriter) {
        switch self {
        case .floats(let values): for value in values { writer.write(AttributeField.floats, value) }
        case .ints(let values): for value in values { writer.write(AttributeField.ints, value) }
        case .strings(let values): for value in values { writer.write(AttributeField.strings, value) }
        case .tensors(let values):
            for value in values { writer.write(AttributeField.tensors, tensorMessage(value, name: "")) }
        case .graphs(let values): for value in values { writer.write(AttributeField.graphs, value.encoded()) }
        case .types(let values):
            for value in values { writer.write(AttributeField.valueTypes) { value.write(to: &$0) } }
        default: break
        }
    }

    private var code: Int {
        switch self {
        case .float: AttributeKind.float
        case .int: AttributeKind.int
        case .string: AttributeKind.string
        case .tensor, .stringTensor: AttributeKind.tensor
        case .sparseTensor: AttributeKind.sparseTensor
        case .graph: AttributeKind.graph
        case .floats: AttributeKind.floats
        case .ints: AttributeKind.ints
        case .strings: AttributeKind.strings
        case .tensors: AttributeKind.tensors
        case .graphs: AttributeKind.graphs
        case .type: AttributeKind.valueType
        case .types: AttributeKind.valueTypes
        case .reference(_, let code): code
        }
    }
}
