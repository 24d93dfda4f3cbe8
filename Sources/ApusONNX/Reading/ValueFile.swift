import ApusCore

/// A file that holds one value, as the ONNX project stores the inputs and outputs of its test cases: a `TensorProto`,
/// `SequenceProto` or `OptionalProto`, whichever `type` says.
public enum ValueFile {
    /// - Throws: `GraphError` for a file that holds something else, or elements that no array here holds.
    public static func read(_ path: String, as type: ValueType) throws(GraphError) -> ModelValue {
        try read(WireReader(try WireContext(mapping: path)), as: type)
    }

    /// The same from memory; `name` is what messages call it.
    public static func read(
        decoding bytes: [UInt8], as type: ValueType, name: String = "value"
    ) throws(GraphError) -> ModelValue {
        try read(WireReader(WireContext(copying: bytes, name: name)), as: type)
    }

    private static func read(_ message: WireReader, as type: ValueType) throws(GraphError) -> ModelValue {
        switch type {
        case .sequence: .sequence(try storedValues(message))
        case .optional: .optional(try storedValues(message).first)
        default: try TensorMessage(message).value()
        }
    }
}

extension TensorMessage {
    fileprivate func value() throws(GraphError) -> ModelValue {
        isText ? .strings(try strings()) : .tensor(try array())
    }
}

/// The values of a sequence in their order; at most one of an optional.
private func storedValues(_ message: WireReader) throws(GraphError) -> [ModelValue] {
    var reader = message
    var values: [ModelValue] = []
    while let field = try reader.nextField() {
        switch field.number {
        case StoredValueField.tensor: values.append(try TensorMessage(try reader.message(field)).value())
        case StoredValueField.sequence: values.append(.sequence(try storedValues(try reader.message(field))))
        case StoredValueField.optional: values.append(.optional(try storedValues(try reader.message(field)).first))
        case StoredValueField.sparseTensor, StoredValueField.map:
            throw .unsupportedFeature("a sequence of maps or sparse tensors", file: reader.context.file)
        default: try reader.skip(field)
        }
    }
    return values
}
