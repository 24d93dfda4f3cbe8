import ApusCore

/// A piece of work written once for every number type, and compiled for each.
protocol NumberVisitor {
    associatedtype Result
    func visit<Element: Number>(_ type: Element.Type) throws(OperatorError) -> Result
}

extension DataType {
    /// Does the work for this type's elements; truth values and 16-bit formats are no `Number`.
    func accept<Visitor: NumberVisitor>(_ visitor: Visitor) throws(OperatorError) -> Visitor.Result {
        switch self {
        case .float32: try visitor.visit(Float.self)
        case .float64: try visitor.visit(Double.self)
        case .int8: try visitor.visit(Int8.self)
        case .int16: try visitor.visit(Int16.self)
        case .int32: try visitor.visit(Int32.self)
        case .int64: try visitor.visit(Int64.self)
        case .uint8: try visitor.visit(UInt8.self)
        case .uint16: try visitor.visit(UInt16.self)
        case .uint32: try visitor.visit(UInt32.self)
        case .uint64: try visitor.visit(UInt64.self)
        default: throw .mismatch(expected: "numbers", found: "\(self)")
        }
    }
}

extension Value {
    /// The first element, where the elements are of `type`.
    func pointer<Element: ArrayElement>(_ type: Element.Type) -> UnsafeMutablePointer<Element> {
        base.assumingMemoryBound(to: type)
    }

    /// The elements, one after the other in memory, where they are of `type`.
    func buffer<Element: ArrayElement>(_ type: Element.Type) -> UnsafeMutableBufferPointer<Element> {
        UnsafeMutableBufferPointer(start: pointer(type), count: count)
    }

    /// Truth values read as bytes of 0 and 1; other values as they are.
    var withBytesForBooleans: Value {
        guard dataType == .bool else { return self }
        return Value(shape, .uint8, storage: storage, offset: offset, layout: layout)
    }
}
