import ApusCore

/// What operators ask of their nodes; each throws an error that names the node.
extension Node {
    /// Counts inputs up to the last that is there, and refuses one left out before `counts.lowerBound`.
    public func requireInputs(_ counts: ClosedRange<Int>) throws(GraphError) {
        let count = (inputs.lastIndex { !$0.isEmpty } ?? -1) + 1
        guard counts.contains(count), inputs.prefix(counts.lowerBound).allSatisfy({ !$0.isEmpty }) else {
            throw .inputCount(inputs.count { !$0.isEmpty }, expected: counts, node: label)
        }
    }

    public func requireInputs(_ counts: PartialRangeFrom<Int>) throws(GraphError) {
        try requireInputs(counts.lowerBound ... .max)
    }

    public func requireOutputs(_ counts: ClosedRange<Int>) throws(GraphError) {
        guard counts.contains(outputs.count) else {
            throw .outputCount(outputs.count, expected: counts, node: label)
        }
    }

    public func float(_ name: String) throws(GraphError) -> Float { try required(name, optionalFloat(name)) }
    public func int(_ name: String) throws(GraphError) -> Int { try required(name, optionalInt(name)) }
    public func string(_ name: String) throws(GraphError) -> String { try required(name, optionalString(name)) }
    public func tensor(_ name: String) throws(GraphError) -> NDArray { try required(name, optionalTensor(name)) }
    public func graph(_ name: String) throws(GraphError) -> Graph { try required(name, optionalGraph(name)) }
    public func floats(_ name: String) throws(GraphError) -> [Float] { try required(name, optionalFloats(name)) }
    public func ints(_ name: String) throws(GraphError) -> [Int] { try required(name, optionalInts(name)) }
    public func strings(_ name: String) throws(GraphError) -> [String] { try required(name, optionalStrings(name)) }

    public func float(_ name: String, default value: Float) throws(GraphError) -> Float {
        try optionalFloat(name) ?? value
    }
    public func int(_ name: String, default value: Int) throws(GraphError) -> Int { try optionalInt(name) ?? value }
    public func string(_ name: String, default value: String) throws(GraphError) -> String {
        try optionalString(name) ?? value
    }
    public func ints(_ name: String, default value: [Int]) throws(GraphError) -> [Int] {
        try optionalInts(name) ?? value
    }
    public func floats(_ name: String, default value: [Float]) throws(GraphError) -> [Float] {
        try optionalFloats(name) ?? value
    }

    /// An integer that stands for a truth value.
    public func flag(_ name: String, default value: Bool) throws(GraphError) -> Bool {
        try optionalInt(name).map { $0 != 0 } ?? value
    }

    public func optionalFloat(_ name: String) throws(GraphError) -> Float? {
        try value(name, "float") { if case .float(let value) = $0 { value } else { nil } }
    }
    public func optionalInt(_ name: String) throws(GraphError) -> Int? {
        try value(name, "int") { if case .int(let value) = $0 { value } else { nil } }
    }
    public func optionalString(_ name: String) throws(GraphError) -> String? {
        try value(name, "string") { if case .string(let value) = $0 { value } else { nil } }
    }
    public func optionalTensor(_ name: String) throws(GraphError) -> NDArray? {
        try value(name, "tensor") { if case .tensor(let value) = $0 { value } else { nil } }
    }
    public func optionalStringTensor(_ name: String) throws(GraphError) -> StringArray? {
        try value(name, "string tensor") { if case .stringTensor(let value) = $0 { value } else { nil } }
    }
    public func optionalSparseTensor(_ name: String) throws(GraphError) -> SparseArray? {
        try value(name, "sparse tensor") { if case .sparseTensor(let value) = $0 { value } else { nil } }
    }
    public func optionalGraph(_ name: String) throws(GraphError) -> Graph? {
        try value(name, "graph") { if case .graph(let value) = $0 { value } else { nil } }
    }
    public func optionalFloats(_ name: String) throws(GraphError) -> [Float]? {
        try value(name, "floats") { if case .floats(let value) = $0 { value } else { nil } }
    }
    public func optionalInts(_ name: String) throws(GraphError) -> [Int]? {
        try value(name, "ints") { if case .ints(let value) = $0 { value } else { nil } }
    }
    public func optionalStrings(_ name: String) throws(GraphError) -> [String]? {
        try value(name, "strings") { if case .strings(let value) = $0 { value } else { nil } }
    }

    private func required<Value>(_ name: String, _ value: Value?) throws(GraphError) -> Value {
        guard let value else { throw .missingAttribute(name, node: label) }
        return value
    }

    private func value<Value>(
        _ name: String, _ kind: String, _ extract: (Attribute) -> Value?
    ) throws(GraphError) -> Value? {
        guard let attribute = attributes[name] else { return nil }
        guard let value = extract(attribute) else {
            throw .attributeType(name, expected: kind, found: attribute.kind, node: label)
        }
        return value
    }
}
