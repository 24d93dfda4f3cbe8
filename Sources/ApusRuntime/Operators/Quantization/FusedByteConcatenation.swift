import ApusCore
import ApusONNX

/// 8-bit integers one after the other along an axis, each input brought to the scale of the output. The pass
/// `keepingBytes` makes it. Attributes: `axis`, the output's scale, and lists of the inputs' scales and zero points.
struct FusedByteConcatenation: Operator {
    static let type = OperatorType("ByteConcat", domain: fusedDomain)
    private let axis: Int
    private let output: ByteScale
    /// For each input from the integer to that of the output; `nil` where they are the same.
    private let tables: [Storage?]

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...)
        axis = try node.int("axis")
        output = try node.byteScale("output")
        let scales = try node.floats("input_scales"), zeros = try node.ints("input_zeros")
        let signs = try node.ints("input_signed")
        guard scales.count == node.inputs.count, zeros.count == scales.count, signs.count == scales.count else {
            throw .attributeValue(
                "input_scales", expected: "\(node.inputs.count) numbers", found: "\(scales.count)", node: node.label)
        }
        let target = output
        var tables: [Storage?] = []
        for index in scales.indices {
            let own = try node.byteScale(scales[index], zeros[index], isSigned: signs[index] != 0, "input")
            tables.append(own == target ? nil : Self.table(from: own, to: target))
        }
        self.tables = tables
    }

    private static func table(from own: ByteScale, to target: ByteScale) -> Storage {
        let table = Storage(byteCount: 256)
        for byte in UInt8.min...UInt8.max {
            table.base.storeBytes(of: target.byte(own.number(byte)), toByteOffset: Int(byte), as: UInt8.self)
        }
        return table
    }

    /// Whether it only puts channels side by side.
    var joinsChannels: Bool { (axis == 1 || axis == -3) && tables.allSatisfy { $0 == nil } }

    func isReplayable(constants: [Bool]) -> Bool { true }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        var values: [Value] = []
        for index in inputs.indices { values.append(try inputs.required(index)) }
        let first = values[0].shape, axis = try first.resolve(axis: axis)
        try expect(first.rank > 0, "at least one dimension", found: "a scalar")
        var shape = first
        shape[axis] = 0
        for value in values {
            var fitting = value.shape
            try expect(
                value.dataType.isByte && value.rank == first.rank, "8-bit integers of \(first.rank) dimensions",
                found: "\(value.dataType) \(value.shape)")
            shape[axis] += value.shape[axis]
            fitting[axis] = first[axis]
            try expect(fitting == first, "\(first) but for axis \(axis)", found: "\(value.shape)")
        }
        if joinsChannels, shape.rank == 4, let joined = Value.joining(values, to: shape) { return [joined] }
        return [try concatenate(values, shape, axis, context)]
    }

    private func concatenate(
        _ values: [Value], _ shape: Shape, _ axis: Int, _ context: ExecutionContext
    ) throws(OperatorError) -> Value {
        let isImage = shape.rank == 4 && values.contains { $0.isChannelsLast }
        let result = isImage ? try context.makeChannelsLast(shape, output.type) : try context.make(shape, output.type)
        var position = 0
        for (value, table) in zip(values, tables) {
            let part = table == nil ? value : try context.makeDense(value, output.type)
            if let table { context.lookUp(value, table.base, into: part) }
            context.copy(
                part.base, part.strides, to: result.base + position * result.strides[axis], result.strides,
                extents: part.shape.dimensions, size: 1)
            position += part.shape[axis]
        }
        return result
    }
}
