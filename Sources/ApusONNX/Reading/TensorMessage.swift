import ApusCore

/// `TensorProto` as it stands in the file: where its bytes are, or its elements field by field.
struct TensorMessage {
    let context: WireContext
    private(set) var name = ""
    private(set) var dimensions: [Int] = []
    private(set) var elementCode = 0
    private(set) var raw: Range<Int>?
    private(set) var floatBits: [UInt32] = []
    private(set) var doubleBits: [UInt64] = []
    /// `int32_data`, `int64_data` or `uint64_data`.
    private(set) var integers: [Int] = []
    private(set) var texts: [String] = []
    private(set) var external: [String: String] = [:]
    private(set) var isExternal = false

    init(_ message: WireReader) throws(GraphError) {
        context = message.context
        var reader = message
        while let field = try reader.nextField() { try read(field, from: &reader) }
    }

    private mutating func read(_ field: WireReader.Field, from reader: inout WireReader) throws(GraphError) {
        switch field.number {
        case TensorField.dimensions: try reader.appendInts(field, to: &dimensions)
        case TensorField.elementType: elementCode = try reader.int(field)
        case TensorField.name: name = try reader.string(field)
        case TensorField.raw: raw = try reader.byteRange(field)
        case TensorField.floats: try reader.appendFixed(field, to: &floatBits)
        case TensorField.doubles: try reader.appendFixed(field, to: &doubleBits)
        case TensorField.int32s, TensorField.int64s, TensorField.uint64s:
            try reader.appendInts(field, to: &integers)
        case TensorField.strings: texts.append(try reader.string(field))
        case TensorField.externalData:
            let (key, value) = try readEntry(try reader.message(field))
            external[key] = value
        case TensorField.dataLocation: isExternal = try reader.int(field) == 1
        case TensorField.segment: throw .unsupportedFeature("a tensor in segments", file: context.file)
        default: try reader.skip(field)
        }
    }

    /// The tensor; it borrows the file's bytes where they lie aligned.
    func array() throws(GraphError) -> NDArray {
        guard let dataType = ElementType(rawValue: elementCode)?.dataType else {
            throw .tensor(name, reason: "elements of ONNX type \(elementCode), which no array here holds")
        }
        let shape = Shape(dimensions)
        let byteCount = try checkedByteCount(shape, dataType)
        if isExternal { return try externalArray(shape, dataType, byteCount: byteCount) }
        if let raw {
            guard raw.count == byteCount else { throw wrongSize(raw.count, byteCount, shape, dataType) }
            return window(
                UnsafeRawBufferPointer(rebasing: context.bytes[raw]), in: context.bytes, owner: context.owner,
                shape, dataType)
        }
        return try typedArray(shape, dataType)
    }

    func wrongSize(_ found: Int, _ expected: Int, _ shape: Shape, _ type: DataType) -> GraphError {
        .tensor(name, reason: "\(found) bytes, expected \(expected) for \(shape) \(type)")
    }

    /// Extents multiply without overflow even where one of them is zero, so that strides do too.
    private func checkedByteCount(_ shape: Shape, _ type: DataType) throws(GraphError) -> Int {
        let extents = Shape(shape.dimensions.map { $0 == 0 ? 1 : $0 })
        guard let count = extents.checkedCount, count <= Int.max / type.size else {
            throw .tensor(name, reason: "a shape of \(shape)")
        }
        return type.fileByteCount(shape.count)
    }
}

/// Borrows `bytes` from `file` where their alignment, their values and the bytes after them allow it, else copies.
func window(
    _ bytes: UnsafeRawBufferPointer, in file: UnsafeRawBufferPointer, owner: AnyObject, _ shape: Shape,
    _ type: DataType
) -> NDArray {
    if type.isFourBit { return unpacked(bytes, shape, type) }
    if let base = bytes.baseAddress, let start = file.baseAddress, type != .bool, bytes.count > 0 {
        let isAligned = UInt(bitPattern: base) % UInt(type.size) == 0
        // Kernels may load a vector past the end: it must stay inside the file's last page.
        let room = ((file.count + 4095) & ~4095) - (base - start) - bytes.count
        if isAligned && room >= 64 {
            return NDArray(
                shape: shape, dataType: type,
                storage: Storage(borrowing: base, byteCount: bytes.count, owner: owner))
        }
    }
    var array = NDArray(uninitialized: shape, dataType: type)
    array.withUnsafeMutableBytes { target in
        target.copyMemory(from: bytes)
        // Any other bit pattern is no Bool.
        if type == .bool { for index in target.indices where target[index] > 1 { target[index] = 1 } }
    }
    return array
}
