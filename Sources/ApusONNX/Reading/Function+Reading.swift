extension Function {
    init(_ message: WireReader) throws(GraphError) {
        var reader = message
        self.init(name: "", domain: "", inputs: [], outputs: [], nodes: [], opsetImports: [:])
        while let field = try reader.nextField() {
            switch field.number {
            case FunctionField.name: name = try reader.string(field)
            case FunctionField.domain: domain = canonicalDomain(try reader.string(field))
            case FunctionField.overload: overload = try reader.string(field)
            case FunctionField.input: inputs.append(try reader.string(field))
            case FunctionField.output: outputs.append(try reader.string(field))
            case FunctionField.attribute: attributeNames.append(try reader.string(field))
            case FunctionField.defaultAttribute:
                let (name, attribute) = try readAttribute(try reader.message(field))
                defaultAttributes[name] = attribute
            case FunctionField.node: nodes.append(try Node(try reader.message(field)))
            case FunctionField.opsetImport: try readOpset(try reader.message(field), into: &opsetImports)
            default: try reader.skip(field)
            }
        }
    }
}
