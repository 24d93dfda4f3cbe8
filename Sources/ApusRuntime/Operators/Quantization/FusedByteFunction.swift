import ApusCore
import ApusONNX
import CApusKernels

/// Any function from 8-bit integers to such integers, as a table of its 256 values. The passes make it, from functions
/// between `DequantizeLinear` and `QuantizeLinear`. Inputs: integers and the table, which has the type of the result.
struct FusedByteFunction: Operator {
    static let type = OperatorType("ByteFunction", domain: fusedDomain)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(2...2) }

    func isReplayable(constants: [Bool]) -> Bool { constants.areConstant(from: 1) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0), table = try context.rowMajor(try inputs.required(1))
        try expect(
            x.dataType.isByte && table.dataType.isByte && table.count == 256, "8-bit integers and a table of 256",
            found: "\(x.dataType) and \(table.shape)")
        let y = try context.makeDense(x, table.dataType)
        context.lookUp(x, table.base, into: y)
        return [y]
    }
}

extension ExecutionContext {
    /// Writes `table[x]` to `y`, of the same shape and order, which may have gaps.
    func lookUp(_ x: Value, _ table: UnsafeMutableRawPointer, into y: Value) {
        guard x.isChannelsLast else {
            let rows = x.rank > 0 && x.count > 0 ? x.shape[0] : 1
            lookUp([table, x.base, y.base], (x.count / rows, x.count / rows), rows: rows, x.count / rows)
            return
        }
        let channels = x.shape[1]
        lookUp(
            [table, x.base, y.base], (x.pixelStride, y.pixelStride), rows: channels == 0 ? 0 : x.count / channels,
            channels)
    }

    private func lookUp(_ addresses: [UnsafeMutableRawPointer], _ strides: (Int, Int), rows: Int, _ count: Int) {
        call(addresses) { operands, pool in
            apus_look_up(
                pool, operands.bytes(0), operands.bytes(1), strides.0, operands.bytes(2), strides.1, rows, count)
        }
    }
}
