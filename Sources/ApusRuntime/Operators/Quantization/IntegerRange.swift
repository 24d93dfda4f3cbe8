import ApusCore

extension DataType {
    /// The numbers that a small integer type holds; `nil` for types that quantization does not know.
    var quantizedRange: ClosedRange<Int64>? {
        switch self {
        case .int4: -8...7
        case .uint4: 0...15
        case .int8: -128...127
        case .uint8: 0...255
        case .int16: -32768...32767
        case .uint16: 0...65535
        default: nil
        }
    }

    /// Whether this is an integer of eight bits.
    var isByte: Bool { self == .int8 || self == .uint8 }
}

extension Value {
    /// The same bytes as numbers of another type of the same size.
    func reinterpreted(as type: DataType) -> Value {
        precondition(type.size == dataType.size, "\(dataType) and \(type) differ in size")
        return Value(shape, type, storage: storage, offset: offset, layout: layout)
    }

    /// The elements of an integer type, those of four bits included, widened.
    func quantizedIntegers(_ context: ExecutionContext) throws(OperatorError) -> [Int64] {
        switch dataType {
        case .int4: try reinterpreted(as: .int8).integers(context)
        case .uint4: try reinterpreted(as: .uint8).integers(context)
        default: try integers(context)
        }
    }

    var bytes: UnsafeMutablePointer<UInt8> { base.assumingMemoryBound(to: UInt8.self) }
}

extension ExecutionContext {
    /// A row-major value of an integer type, those of four bits included.
    func make(_ shape: Shape, quantized type: DataType, _ integers: [Int64]) throws(OperatorError) -> Value {
        switch type {
        case .int4: try make(shape, .int8, integers: integers).reinterpreted(as: .int4)
        case .uint4: try make(shape, .uint8, integers: integers).reinterpreted(as: .uint4)
        default: try make(shape, type, integers: integers)
        }
    }
}
