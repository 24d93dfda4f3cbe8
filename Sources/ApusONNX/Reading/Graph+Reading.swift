extension Graph {
    init(_ message: WireReader) throws(GraphError) {
        var reader = message
        self.init(name: "")
        while let field = try reader.nextField() {
            switch field.number {
            case GraphField.node: nodes.append(try Node(try reader.message(field)))
            case GraphField.name: name = try reader.string(field)
            case GraphField.initializer: try readInitializer(try reader.message(field))
            case GraphField.input: inputs.append(try ValueInfo(try reader.message(field)))
            case GraphField.output: outputs.append(try ValueInfo(try reader.message(field)))
            case GraphField.valueInfo: valueInfo.append(try ValueInfo(try reader.message(field)))
            case GraphField.sparseInitializer: try readSparseInitializer(try reader.message(field))
            default: try reader.skip(field)
            }
        }
    }

    private mutating func readInitializer(_ message: WireReader) throws(GraphError) {
        let tensor = try TensorMessage(message)
        try requireNew(tensor.name)
        if tensor.isText {
            stringInitializers[tensor.name] = try tensor.strings()
        } else {
            initializers[tensor.name] = try tensor.array()
        }
    }

    private mutating func readSparseInitializer(_ message: WireReader) throws(GraphError) {
        let tensor = try SparseMessage(message)
        try requireNew(tensor.name)
        sparseInitializers[tensor.name] = try tensor.array()
    }

    private func requireNew(_ name: String) throws(GraphError) {
        guard !isConstant(name) else { throw .duplicateValue(name, node: "initializer") }
    }
}

extension Node {
    init(_ message: WireReader) throws(GraphError) {
        var reader = message
        self.init("", inputs: [], outputs: [])
        while let field = try reader.nextField() {
            switch field.number {
            case NodeField.input: inputs.append(try reader.string(field))
            case NodeField.output: outputs.append(try reader.string(field))
            case NodeField.name: name = try reader.string(field)
            case NodeField.operatorType: operatorType = try reader.string(field)
            case NodeField.domain: domain = canonicalDomain(try reader.string(field))
            case NodeField.overload: overload = try reader.string(field)
            case NodeField.attribute:
                let (key, attribute) = try readAttribute(try reader.message(field))
                attributes[key] = attribute
            default: try reader.skip(field)
            }
        }
        guard !operatorType.isEmpty else { throw reader.malformed("a node without an operator") }
    }
}
