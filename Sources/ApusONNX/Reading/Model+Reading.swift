extension Model {
    /// Maps the file; initializers borrow its bytes, which stay mapped as long as one of them lives.
    ///
    /// External data is read from the model's folder only.
    public init(contentsOf path: String) throws(GraphError) {
        try self.init(WireReader(try WireContext(mapping: path)))
    }

    /// The files beside the model at `path` that hold its external data, as the model names them.
    public static func externalFiles(ofModelAt path: String) throws(GraphError) -> [String] {
        let context = try WireContext(mapping: path)
        _ = try Model(WireReader(context))
        return context.externalFiles.keys.sorted()
    }

    /// Reads a model from memory; `name` is what messages call it. External data is refused.
    public init(decoding bytes: [UInt8], name: String = "model") throws(GraphError) {
        try self.init(WireReader(WireContext(copying: bytes, name: name)))
    }

    init(_ message: WireReader) throws(GraphError) {
        var reader = message
        var graph: Graph?
        self.init(graph: Graph(name: ""), irVersion: 0, producer: "")
        opsetImports = [:]
        while let field = try reader.nextField() {
            if field.number == ModelField.graph {
                guard graph == nil else { throw reader.malformed("a second graph") }
                graph = try Graph(try reader.message(field))
            } else {
                try read(field, from: &reader)
            }
        }
        guard let graph else { throw reader.malformed("no graph") }
        guard irVersion > 0 else { throw reader.malformed("no ir_version") }
        guard !opsetImports.isEmpty || irVersion < 3 else { throw reader.malformed("no opset_import") }
        self.graph = graph
    }

    private mutating func read(_ field: WireReader.Field, from reader: inout WireReader) throws(GraphError) {
        switch field.number {
        case ModelField.irVersion: irVersion = try reader.int(field)
        case ModelField.producer: producer = try reader.string(field)
        case ModelField.producerVersion: producerVersion = try reader.string(field)
        case ModelField.domain: domain = try reader.string(field)
        case ModelField.modelVersion: modelVersion = try reader.int(field)
        case ModelField.documentation: documentation = try reader.string(field)
        case ModelField.opsetImport: try readOpset(try reader.message(field), into: &opsetImports)
        case ModelField.metadata:
            let (key, value) = try readEntry(try reader.message(field))
            metadata[key] = value
        case ModelField.functions: functions.append(try Function(try reader.message(field)))
        default: try reader.skip(field)
        }
    }
}

/// The standard domain has two names; here it is the empty string.
func canonicalDomain(_ domain: String) -> String { domain == "ai.onnx" ? "" : domain }

/// `OperatorSetIdProto`.
func readOpset(_ message: WireReader, into opsets: inout [String: Int]) throws(GraphError) {
    var reader = message
    var (domain, version) = ("", 0)
    while let field = try reader.nextField() {
        switch field.number {
        case OpsetField.domain: domain = canonicalDomain(try reader.string(field))
        case OpsetField.version: version = try reader.int(field)
        default: try reader.skip(field)
        }
    }
    guard version > 0 else { throw reader.malformed("opset version \(version)") }
    opsets[domain] = version
}

/// `StringStringEntryProto`.
func readEntry(_ message: WireReader) throws(GraphError) -> (key: String, value: String) {
    var reader = message
    var entry = (key: "", value: "")
    while let field = try reader.nextField() {
        switch field.number {
        case EntryField.key: entry.key = try reader.string(field)
        case EntryField.value: entry.value = try reader.string(field)
        default: try reader.skip(field)
        }
    }
    return entry
}
