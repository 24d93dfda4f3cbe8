import ApusCore

/// Elements in the fields of their own type, which small constants use.
extension TensorMessage {
    func typedArray(_ shape: Shape, _ type: DataType) throws(GraphError) -> NDArray {
        switch type {
        case .float32: try filled(floatBits.map(Float.init(bitPattern:)), shape)
        case .float64: try filled(doubleBits.map(Double.init(bitPattern:)), shape)
        case .int8: try integerArray(Int8.self, shape)
        case .int16: try integerArray(Int16.self, shape)
        case .int32: try integerArray(Int32.self, shape)
        case .int64: try filled(integers.map { Int64($0) }, shape)
        case .uint8: try integerArray(UInt8.self, shape)
        case .uint16: try integerArray(UInt16.self, shape)
        case .uint32: try integerArray(UInt32.self, shape)
        case .uint64: try filled(integers.map { UInt64(bitPattern: Int64($0)) }, shape)
        case .bool: try filled(integers.map { $0 != 0 }, shape)
        case .float16, .bfloat16: try halfArray(shape, type)
        case .float8E4M3FN, .float8E4M3FNUZ, .float8E5M2, .float8E5M2FNUZ:
            NDArray(shape: shape, dataType: type, storage: try integerArray(UInt8.self, shape).storage)
        case .int4, .uint4: try fourBitArray(shape, type)
        }
    }

    /// Each of `int32_data` is a byte of two elements.
    private func fourBitArray(_ shape: Shape, _ type: DataType) throws(GraphError) -> NDArray {
        let bytes = try integerArray(UInt8.self, [type.fileByteCount(shape.count)])
        return bytes.withUnsafeBytes { unpacked($0, shape, type) }
    }

    private func integerArray<Element: ArrayElement & FixedWidthInteger>(
        _ element: Element.Type, _ shape: Shape
    ) throws(GraphError) -> NDArray {
        if let value = integers.first(where: { Element(exactly: $0) == nil }) {
            throw .tensor(name, reason: "the element \(value), which is no \(Element.dataType)")
        }
        return try filled(integers.map { Element(truncatingIfNeeded: $0) }, shape)
    }

    /// 16-bit floats stand as bit patterns in `int32_data`.
    private func halfArray(_ shape: Shape, _ type: DataType) throws(GraphError) -> NDArray {
        let bits = try integerArray(UInt16.self, shape)
        return NDArray(shape: shape, dataType: type, storage: bits.storage)
    }

    private func filled<Element: ArrayElement>(_ elements: [Element], _ shape: Shape) throws(GraphError) -> NDArray {
        guard elements.count == shape.count else {
            throw .tensor(name, reason: "\(elements.count) elements, expected \(shape.count) for \(shape)")
        }
        return NDArray(elements, shape: shape)
    }
}
