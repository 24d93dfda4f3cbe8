import ApusCore

extension Model {
    /// The bytes of an ONNX file: the same model gives the same bytes.
    ///
    /// Large initializers of the main graph begin at multiples of 64, so that readers map them in place. The graph
    /// comes last: a file that is cut anywhere lacks it, or its end, and is refused.
    public func encoded() -> [UInt8] {
        let body = graph.encoded()
        var writer = WireWriter()
        writeHeader(to: &writer)
        let start = writer.bytes.count
        let padding = WireWriter.padding { start + 1 + WireWriter.varintSize(body.count + $0) + $0 }
        var graphWriter = WireWriter()
        graphWriter.writePadding(GraphField.documentation, count: padding)
        writer.write(ModelField.graph, graphWriter.bytes + body)
        return writer.bytes
    }

    /// Writes the file whole or not at all.
    public func write(to path: String) throws(GraphError) {
        do throws(FileError) { try FileSystem.writeWhole(encoded(), to: path) } catch { throw .file(error) }
    }

    private func writeHeader(to writer: inout WireWriter) {
        writer.write(ModelField.irVersion, irVersion)
        writer.writeUnlessEmpty(ModelField.producer, producer)
        writer.writeUnlessEmpty(ModelField.producerVersion, producerVersion)
        writer.writeUnlessEmpty(ModelField.domain, domain)
        if modelVersion != 0 { writer.write(ModelField.modelVersion, modelVersion) }
        writer.writeUnlessEmpty(ModelField.documentation, documentation)
        for (domain, version) in opsetImports.sorted(by: { $0.key < $1.key }) {
            writer.write(ModelField.opsetImport) { writeOpset(domain, version, to: &$0) }
        }
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            writer.write(ModelField.metadata) {
                $0.write(EntryField.key, key)
                $0.write(EntryField.value, value)
            }
        }
        for function in functions { writer.write(ModelField.functions) { function.write(to: &$0) } }
    }
}

/// `OperatorSetIdProto`.
private func writeOpset(_ domain: String, _ version: Int, to writer: inout WireWriter) {
    writer.writeUnlessEmpty(OpsetField.domain, domain)
    writer.write(OpsetField.version, version)
}

extension Function {
    func write(to writer: inout WireWriter) {
        writer.write(FunctionField.name, name)
        for input in inputs { writer.write(FunctionField.input, input) }
        for output in outputs { writer.write(FunctionField.output, output) }
        for name in attributeNames { writer.write(FunctionField.attribute, name) }
        for node in nodes { writer.write(FunctionField.node) { node.write(to: &$0) } }
        for (domain, version) in opsetImports.sorted(by: { $0.key < $1.key }) {
            writer.write(FunctionField.opsetImport) { writeOpset(domain, version, to: &$0) }
        }
        writer.writeUnlessEmpty(FunctionField.domain, domain)
        writer.writeUnlessEmpty(FunctionField.overload, overload)
        for (name, value) in defaultAttributes.sorted(by: { $0.key < $1.key }) {
            writer.write(FunctionField.defaultAttribute) { value.write(as: name, to: &$0) }
        }
    }
}
