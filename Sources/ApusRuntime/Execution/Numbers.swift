import ApusCore

/// Elements of any type seen as integers or as floating-point numbers: for shapes, indices and rare types, where
/// ease matters more than speed.
extension Value {
    /// The elements of an integer or Boolean value, widened. `uint64` keeps its bits.
    func integers(_ context: ExecutionContext) throws(OperatorError) -> [Int64] {
        let value = try context.rowMajor(self)
        switch dataType {
        case .int64: return value.read(Int64.self)
        case .int32: return value.read(Int32.self).map(Int64.init)
        case .int16: return value.read(Int16.self).map(Int64.init)
        case .int8: return value.read(Int8.self).map(Int64.init)
        case .uint8, .bool: return value.read(UInt8.self).map(Int64.init)
        case .uint16: return value.read(UInt16.self).map(Int64.init)
        case .uint32: return value.read(UInt32.self).map(Int64.init)
        case .uint64: return value.read(UInt64.self).map(Int64.init(bitPattern:))
        default: throw .mismatch(expected: "integers", found: "\(dataType)")
        }
    }

    /// The elements of a floating-point value, widened.
    func doubles(_ context: ExecutionContext) throws(OperatorError) -> [Double] {
        let value = try context.rowMajor(self)
        switch dataType {
        case .float32: return value.read(Float.self).map(Double.init)
        case .float64: return value.read(Double.self)
        case .float16: return value.read(UInt16.self).map { Double(HalfPrecision.float(fromBits: $0)) }
        case .bfloat16: return value.read(UInt16.self).map { Double(Float(bitPattern: UInt32($0) << 16)) }
        default: throw .mismatch(expected: "floating-point numbers", found: "\(dataType)")
        }
    }

    /// Integers small enough to index with, from an `int64` or `int32` input.
    func indices(_ context: ExecutionContext) throws(OperatorError) -> [Int] {
        try expect(dataType == .int64 || dataType == .int32, "int64 or int32 elements", found: "\(dataType)")
        return try integers(context).map(Int.init)
    }

    private func read<Element>(_ type: Element.Type) -> [Element] {
        Array(UnsafeBufferPointer(start: base.assumingMemoryBound(to: type), count: count))
    }

    private func write<Element>(_ elements: [Element]) {
        elements.withUnsafeBytes { bytes in
            guard let source = bytes.baseAddress else { return }
            base.copyMemory(from: source, byteCount: bytes.count)
        }
    }

    /// Fills a row-major integer or Boolean value, wrapping what does not fit.
    func fill(_ elements: [Int64]) throws(OperatorError) {
        switch dataType {
        case .int64: write(elements)
        case .int32: write(elements.map { Int32(truncatingIfNeeded: $0) })
        case .int16: write(elements.map { Int16(truncatingIfNeeded: $0) })
        case .int8: write(elements.map { Int8(truncatingIfNeeded: $0) })
        case .uint8: write(elements.map { UInt8(truncatingIfNeeded: $0) })
        case .bool: write(elements.map { UInt8($0 != 0 ? 1 : 0) })
        case .uint16: write(elements.map { UInt16(truncatingIfNeeded: $0) })
        case .uint32: write(elements.map { UInt32(truncatingIfNeeded: $0) })
        case .uint64: write(elements.map { UInt64(bitPattern: $0) })
        default: throw .mismatch(expected: "integers", found: "\(dataType)")
        }
    }

    /// Fills a row-major floating-point value.
    func fill(_ elements: [Double]) throws(OperatorError) {
        switch dataType {
        case .float32: write(elements.map { Float($0) })
        case .float64: write(elements)
        case .float16: write(elements.map { HalfPrecision.bits(of: Float($0)) })
        case .bfloat16: write(elements.map { HalfPrecision.brainBits(of: Float($0)) })
        default: throw .mismatch(expected: "floating-point numbers", found: "\(dataType)")
        }
    }
}

extension ExecutionContext {
    func make(_ shape: Shape, _ type: DataType, integers: [Int64]) throws(OperatorError) -> Value {
        let value = try make(shape, type)
        try value.fill(integers)
        return value
    }

    func make(_ shape: Shape, _ type: DataType, doubles: [Double]) throws(OperatorError) -> Value {
        let value = try make(shape, type)
        try value.fill(doubles)
        return value
    }
}
