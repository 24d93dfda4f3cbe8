extension ValueInfo {
    func write(to writer: inout WireWriter) {
        writer.write(ValueInfoField.name, name)
        if case .other = type { return }
        writer.write(ValueInfoField.type) { type.write(to: &$0) }
    }
}

extension ValueType {
    /// `TypeProto`; a type that is not modelled here stays empty, which means undeclared.
    func write(to writer: inout WireWriter) {
        switch self {
        case .tensor(let element, let shape):
            writer.write(TypeField.tensor) { inner in
                inner.write(TypeField.element, element.rawValue)
                if let shape { inner.write(TypeField.shape) { writeShape(shape, to: &$0) } }
            }
        case .sequence(let element): write(element, in: TypeField.sequence, to: &writer)
        case .optional(let element): write(element, in: TypeField.optional, to: &writer)
        case .other: break
        }
    }

    private func write(_ element: ValueType, in field: Int, to writer: inout WireWriter) {
        writer.write(field) { inner in inner.write(TypeField.element) { element.write(to: &$0) } }
    }
}

/// `TensorShapeProto`.
private func writeShape(_ shape: [Dimension], to writer: inout WireWriter) {
    for dimension in shape {
        writer.write(ShapeField.dimension) { inner in
            switch dimension {
            case .fixed(let value): inner.write(ShapeField.value, value)
            case .symbolic(let name): inner.write(ShapeField.symbol, name)
            case .unknown: break
            }
        }
    }
}
