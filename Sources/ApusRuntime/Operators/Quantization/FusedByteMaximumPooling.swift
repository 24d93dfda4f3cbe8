import ApusCore
import ApusONNX
import CApusKernels

/// The largest of each window of 8-bit integers: the order of integers is that of the numbers they stand for. The pass
/// `keepingBytes` makes it from `MaxPool`.
struct FusedByteMaximumPooling: ImageWriter {
    static let type = OperatorType("ByteMaxPool", domain: fusedDomain)
    private let window: Window

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        try node.requireOutputs(1...1)
        window = try Window(node)
        guard window.kernel != nil else { throw .missingAttribute("kernel_shape", node: node.label) }
    }

    func isReplayable(constants: [Bool]) -> Bool { true }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let value = try inputs.required(0)
        try expect(value.dataType.isByte, "8-bit integers", found: "\(value.dataType)")
        let x = try context.channelsLast(value)
        let placement = try window.place(on: x.shape, kernel: window.kernel ?? [1, 1])
        let shape = Shape([x.shape[0], x.shape[1], placement.rows.count, placement.columns.count])
        let y = try context.makeImage(shape, x.dataType)
        guard y.count > 0 else { return [y] }
        var call = placement.pooling(x, y)
        (call.input, call.output) = (nil, nil)
        let (given, isSigned) = (UncheckedPooling(call: call), x.dataType == .int8)
        context.call([x.base, y.base]) { operands, pool in
            var call = given.call
            apus_pool_bytes(pool, &call, isSigned, operands.bytes(0), operands.bytes(1))
        }
        return [y]
    }
}
