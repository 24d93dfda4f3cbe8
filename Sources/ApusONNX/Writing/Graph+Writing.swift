import ApusCore

extension Graph {
    /// `GraphProto`; initializers are aligned for a message that begins at a multiple of 64.
    func encoded() -> [UInt8] {
        var writer = WireWriter()
        for node in nodes { writer.write(GraphField.node) { node.write(to: &$0) } }
        writer.writeUnlessEmpty(GraphField.name, name)
        for (name, array) in initializers.sorted(by: { $0.key < $1.key }) {
            writer.write(GraphField.initializer, tensorMessage(array, name: name, at: writer.bytes.count))
        }
        for (name, texts) in stringInitializers.sorted(by: { $0.key < $1.key }) {
            writer.write(GraphField.initializer, tensorMessage(texts, name: name))
        }
        for (name, array) in sparseInitializers.sorted(by: { $0.key < $1.key }) {
            writer.write(GraphField.sparseInitializer, sparseMessage(array, name: name))
        }
        for input in inputs { writer.write(GraphField.input) { input.write(to: &$0) } }
        for output in outputs { writer.write(GraphField.output) { output.write(to: &$0) } }
        for value in valueInfo { writer.write(GraphField.valueInfo) { value.write(to: &$0) } }
        return writer.bytes
    }
}

extension Node {
    func write(to writer: inout WireWriter) {
        for input in inputs { writer.write(NodeField.input, input) }
        for output in outputs { writer.write(NodeField.output, output) }
        writer.writeUnlessEmpty(NodeField.name, name)
        writer.write(NodeField.operatorType, operatorType)
        for (name, value) in attributes.sorted(by: { $0.key < $1.key }) {
            writer.write(NodeField.attribute) { value.write(as: name, to: &$0) }
        }
        writer.writeUnlessEmpty(NodeField.domain, domain)
        writer.writeUnlessEmpty(NodeField.overload, overload)
    }
}

/// `TensorProto`. Where `offset`, the end of what stands before the field, is given, a padding before the elements
/// moves them to a multiple of 64.
func tensorMessage(_ array: NDArray, name: String, at offset: Int? = nil) -> [UInt8] {
    var writer = WireWriter()
    writer.writePacked(TensorField.dimensions, array.shape.dimensions)
    writer.write(TensorField.elementType, ElementType(array.dataType).rawValue)
    writer.writeUnlessEmpty(TensorField.name, name)
    if let offset, array.byteCount >= 256, !array.dataType.isFourBit {
        let header = writer.bytes.count
        let rawHeader = 1 + WireWriter.varintSize(array.byteCount)
        let padding = WireWriter.padding { padding in
            let start = header + padding + rawHeader
            return offset + 1 + WireWriter.varintSize(start + array.byteCount) + start
        }
        writer.writePadding(TensorField.documentation, count: padding)
    }
    array.withUnsafeBytes { elements in
        guard array.dataType.isFourBit else { return writer.write(TensorField.raw, elements) }
        packed(elements).withUnsafeBytes { writer.write(TensorField.raw, $0) }
    }
    return writer.bytes
}

/// `TensorProto` of texts.
func tensorMessage(_ texts: StringArray, name: String) -> [UInt8] {
    var writer = WireWriter()
    writer.writePacked(TensorField.dimensions, texts.shape.dimensions)
    writer.write(TensorField.elementType, ElementType.string.rawValue)
    writer.writeUnlessEmpty(TensorField.name, name)
    for text in texts.elements { writer.write(TensorField.strings, text) }
    return writer.bytes
}

/// `SparseTensorProto`.
func sparseMessage(_ array: SparseArray, name: String) -> [UInt8] {
    var writer = WireWriter()
    writer.write(SparseTensorField.values, tensorMessage(array.values, name: name))
    writer.write(SparseTensorField.indices, tensorMessage(array.indices, name: ""))
    writer.writePacked(SparseTensorField.dimensions, array.shape.dimensions)
    return writer.bytes
}
