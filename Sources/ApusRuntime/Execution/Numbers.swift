import ApusCore

/// Elements of any type seen as integers or as floating-point numbers: for shapes, indices and rare types, where
/// ease matters more than speed.
extension Value {
    /// The elements of an integer or Boolean value, widened. `uint64` keeps its bits.
    func integers(_ context: ExecutionContext) throws(OperatorError) -> [Int64] {
        try context.rowMajor(self).denseIntegers()
    }

    /// The same for a value that is known to be row-major.
    func denseIntegers() throws(OperatorError) -> [Int64] {
        switch dataType {
        case .int64: return read(Int64.self)
        case .int32: return read(Int32.self).map(Int64.init)
        case .int16: return read(Int16.self).map(Int64.init)
        case .int8, .int4: return read(Int8.self).map(Int64.init)
        case .uint8, .bool, .uint4: return read(UInt8.self).map(Int64.init)
        case .uint16: return read(UInt16.self).map(Int64.init)
        case .uint32: return read(UInt32.self).map(Int64.init)
        case .uint64: return read(UInt64.self).map(Int64.init(bitPattern:))
        default: throw .mismatch(expected: "integers", found: "\(dataType)")
        }
    }

    /// The elements of a floating-point value, widened.
    func doubles(_ context: ExecutionContext) throws(OperatorError) -> [Double] {
        try context.rowMajor(self).denseDoubles()
    }

    /// The same for a value that is known to be row-major.
    func denseDoubles() throws(OperatorError) -> [Double] {
        switch dataType {
        case .float32: return read(Float.self).map(Double.init)
        case .float64: return read(Double.self)
        case .float16: return read(UInt16.self).map { Double(HalfPrecision.float(fromBits: $0)) }
        case .bfloat16: return read(UInt16.self).map { Double(Float(bitPattern: UInt32($0) << 16)) }
        default: break
        }
        guard let format = Float8Format(dataType) else {
            throw .mismatch(expected: "floating-point numbers", found: "\(dataType)")
        }
        return read(UInt8.self).map { Double(format.decode($0)) }
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

    /// Fills a row-major integer or Boolean value, wrapping what does not fit (4-bit types saturate).
    func fill(_ elements: [Int64]) throws(OperatorError) {
        switch dataType {
        case .int64: write(elements)
        case .int32: write(elements.map { Int32(truncatingIfNeeded: $0) })
        case .int16: write(elements.map { Int16(truncatingIfNeeded: $0) })
        case .int8: write(elements.map { Int8(truncatingIfNeeded: $0) })
        case .uint8: write(elements.map { UInt8(truncatingIfNeeded: $0) })
        case .bool: write(elements.map { UInt8($0 != 0 ? 1 : 0) })
        // 4 bits have room for little: what does not fit becomes the nearest that does.
        case .int4: write(elements.map { Int8(min(max($0, -8), 7)) })
        case .uint4: write(elements.map { UInt8(min(max($0, 0), 15)) })
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
        default: try fillFloat8(elements, saturates: true)
        }
    }

    /// Fills a row-major value of 8-bit floats.
    ///
    /// - Parameter saturates: whether what is out of range becomes the largest number, not infinity or NaN.
    func fillFloat8(_ elements: [Double], saturates: Bool) throws(OperatorError) {
        guard let format = Float8Format(dataType) else {
            throw .mismatch(expected: "floating-point numbers", found: "\(dataType)")
        }
        write(elements.map { format.encode(Float($0), saturates: saturates) })
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
