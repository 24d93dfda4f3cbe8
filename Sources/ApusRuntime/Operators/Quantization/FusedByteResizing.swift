import ApusCore
import ApusONNX

/// Resizing of 8-bit integers to the nearest pixel. The pass `keepingBytes` makes it from `Resize`.
///
/// Nothing is computed, only moved: four channels travel as one element of four bytes, for which there are kernels.
struct FusedByteResizing: Operator {
    static let type = OperatorType("ByteResize", domain: fusedDomain)
    private let resizing: Resizing

    /// The node is as `Resize` has it since opset 11, without sizes.
    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...3)
        var plain = node
        (plain.operatorType, plain.domain) = ("Resize", "")
        resizing = try Resizing(plain, opset: 13)
    }

    func isReplayable(constants: [Bool]) -> Bool { constants.areConstant(from: 1) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let value = try inputs.required(0)
        try expect(value.dataType.isByte, "8-bit integers", found: "\(value.dataType)")
        guard value.rank == 4, value.shape[1] % 4 == 0 else { return try resizing(inputs, context) }
        let x = try context.channelsLast(value)
        guard x.offset % 4 == 0, x.pixelStride % 4 == 0 else { return try resizing(inputs, context) }
        let words = Value(
            [x.shape[0], x.shape[1] / 4, x.shape[2], x.shape[3]], .float32, storage: x.storage, offset: x.offset / 4,
            layout: .channelsLast(stride: x.pixelStride / 4))
        let y = try context.channelsLast(try resizing([words] + inputs.dropFirst(), context)[0])
        return [
            Value(
                [y.shape[0], 4 * y.shape[1], y.shape[2], y.shape[3]], x.dataType, storage: y.storage,
                offset: 4 * y.offset, layout: .channelsLast(stride: 4 * y.pixelStride))
        ]
    }
}
