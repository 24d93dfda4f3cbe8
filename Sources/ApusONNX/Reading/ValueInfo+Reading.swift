extension ValueInfo {
    init(_ message: WireReader) throws(GraphError) {
        var reader = message
        self.init("", type: .other("undeclared"))
        while let field = try reader.nextField() {
            switch field.number {
            case ValueInfoField.name: name = try reader.string(field)
            case ValueInfoField.type: type = try ValueType(try reader.message(field))
            default: try reader.skip(field)
            }
        }
    }
}

extension ValueType {
    init(_ message: WireReader) throws(GraphError) {
        var reader = message
        self = .other("undeclared")
        while let field = try reader.nextField() {
            switch field.number {
            case TypeField.tensor: self = try readTensorType(try reader.message(field))
            case TypeField.sequence: self = .sequence(try readElement(try reader.message(field)))
            case TypeField.optional: self = .optional(try readElement(try reader.message(field)))
            case TypeField.map, TypeField.opaque, TypeField.sparseTensor:
                try reader.skip(field)
                self = .other(Self.names[field.number] ?? "unknown")
            default: try reader.skip(field)
            }
        }
    }

    private static let names = [
        TypeField.map: "map", TypeField.opaque: "opaque", TypeField.sparseTensor: "sparse tensor",
    ]
}

/// `TypeProto.Sequence` and `TypeProto.Optional`: the type inside.
private func readElement(_ message: WireReader) throws(GraphError) -> ValueType {
    var reader = message
    var element = ValueType.other("undeclared")
    while let field = try reader.nextField() {
        switch field.number {
        case TypeField.element: element = try ValueType(try reader.message(field))
        default: try reader.skip(field)
        }
    }
    return element
}

private func readTensorType(_ message: WireReader) throws(GraphError) -> ValueType {
    var reader = message
    var code = 0
    var shape: [Dimension]?
    while let field = try reader.nextField() {
        switch field.number {
        case TypeField.element: code = try reader.int(field)
        case TypeField.shape: shape = try readShape(try reader.message(field))
        default: try reader.skip(field)
        }
    }
    guard let element = ElementType(rawValue: code) else { return .other("element type \(code)") }
    return .tensor(element, shape: shape)
}

private func readShape(_ message: WireReader) throws(GraphError) -> [Dimension] {
    var reader = message
    var shape = [Dimension]()
    while let field = try reader.nextField() {
        switch field.number {
        case ShapeField.dimension: shape.append(try readDimension(try reader.message(field)))
        default: try reader.skip(field)
        }
    }
    return shape
}

/// Some exporters write −1 for an extent that is not known.
private func readDimension(_ message: WireReader) throws(GraphError) -> Dimension {
    var reader = message
    var dimension = Dimension.unknown
    while let field = try reader.nextField() {
        switch field.number {
        case ShapeField.value:
            let value = try reader.int(field)
            dimension = value >= 0 ? .fixed(value) : .unknown
        case ShapeField.symbol:
            let symbol = try reader.string(field)
            dimension = symbol.isEmpty ? .unknown : .symbolic(symbol)
        default: try reader.skip(field)
        }
    }
    return dimension
}
