import ApusCore

/// `AttributeProto`: a name and one of several values.
func readAttribute(_ message: WireReader) throws(GraphError) -> (name: String, value: Attribute) {
    var reader = message
    var parts = AttributeMessage()
    while let field = try reader.nextField() { try parts.read(field, from: &reader) }
    if let reference = parts.reference { return (parts.name, .reference(reference, code: parts.kind)) }
    guard let value = parts.value else {
        throw .unsupportedFeature("the attribute '\(parts.name)' of kind \(parts.kind)", file: reader.context.file)
    }
    return (parts.name, value)
}

/// The fields of an attribute as they stand in the file.
private struct AttributeMessage {
    var name = ""
    var kind = 0
    var reference: String?
    private var float: Float = 0
    private var int = 0
    private var string = ""
    private var tensors: [NDArray] = []
    private var stringTensor: StringArray?
    private var sparseTensor: SparseArray?
    private var graphs: [Graph] = []
    private var floatBits: [UInt32] = []
    private var ints: [Int] = []
    private var strings: [String] = []
    private var types: [ValueType] = []

    mutating func read(_ field: WireReader.Field, from reader: inout WireReader) throws(GraphError) {
        switch field.number {
        case AttributeField.name: name = try reader.string(field)
        case AttributeField.kind: kind = try reader.int(field)
        case AttributeField.reference: reference = try reader.string(field)
        default: try readValue(field, from: &reader)
        }
    }

    private mutating func readValue(_ field: WireReader.Field, from reader: inout WireReader) throws(GraphError) {
        switch field.number {
        case AttributeField.float: float = try reader.float(field)
        case AttributeField.int: int = try reader.int(field)
        case AttributeField.string: string = try reader.string(field)
        case AttributeField.tensor, AttributeField.tensors:
            try readTensor(
                try TensorMessage(try reader.message(field)), isSingle: field.number == AttributeField.tensor)
        case AttributeField.sparseTensor: sparseTensor = try SparseMessage(try reader.message(field)).array()
        case AttributeField.graph, AttributeField.graphs: graphs.append(try Graph(try reader.message(field)))
        case AttributeField.floats: try reader.appendFixed(field, to: &floatBits)
        case AttributeField.ints: try reader.appendInts(field, to: &ints)
        case AttributeField.strings: strings.append(try reader.string(field))
        case AttributeField.valueType, AttributeField.valueTypes:
            types.append(try ValueType(try reader.message(field)))
        default: return try reader.skip(field)
        }
        if kind == 0 { kind = Self.kinds[field.number] ?? 0 }
    }

    private mutating func readTensor(_ message: TensorMessage, isSingle: Bool) throws(GraphError) {
        if isSingle, message.isText {
            stringTensor = try message.strings()
        } else {
            tensors.append(try message.array())
        }
    }

    /// Files before IR version 2 state no kind: it follows from the field that is there.
    private static let kinds = [
        AttributeField.float: AttributeKind.float, AttributeField.int: AttributeKind.int,
        AttributeField.string: AttributeKind.string, AttributeField.tensor: AttributeKind.tensor,
        AttributeField.graph: AttributeKind.graph, AttributeField.floats: AttributeKind.floats,
        AttributeField.ints: AttributeKind.ints, AttributeField.strings: AttributeKind.strings,
        AttributeField.tensors: AttributeKind.tensors, AttributeField.graphs: AttributeKind.graphs,
        AttributeField.sparseTensor: AttributeKind.sparseTensor, AttributeField.valueType: AttributeKind.valueType,
        AttributeField.valueTypes: AttributeKind.valueTypes,
    ]

    /// `nil` where the kind is unknown or its value is not there.
    var value: Attribute? {
        switch kind {
        case AttributeKind.float: .float(float)
        case AttributeKind.int: .int(int)
        case AttributeKind.string: .string(string)
        case AttributeKind.tensor: stringTensor.map(Attribute.stringTensor) ?? tensors.first.map(Attribute.tensor)
        case AttributeKind.sparseTensor: sparseTensor.map(Attribute.sparseTensor)
        case AttributeKind.graph: graphs.first.map(Attribute.graph)
        case AttributeKind.floats: .floats(floatBits.map(Float.init(bitPattern:)))
        case AttributeKind.ints: .ints(ints)
        case AttributeKind.strings: .strings(strings)
        case AttributeKind.tensors: .tensors(tensors)
        case AttributeKind.graphs: .graphs(graphs)
        case AttributeKind.valueType: types.first.map(Attribute.type)
        case AttributeKind.valueTypes: .types(types)
        default: nil
        }
    }
}
