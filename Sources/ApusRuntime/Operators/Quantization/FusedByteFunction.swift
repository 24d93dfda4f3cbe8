import ApusCore
import ApusONNX
import CApusKernels

/// Any function from 8-bit integers to such integers, as a table of its 256 values. The passes make it, from functions
/// between `DequantizeLinear` and `QuantizeLinear`. Inputs: integers and the table, which has the type of the result.
struct FusedByteFunction: Operator {
    static let type = OperatorType("ByteFunction", domain: fusedDomain)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(2...2) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0), table = try context.rowMajor(try inputs.required(1))
        try expect(
            x.dataType.isByte && table.dataType.isByte && table.count == 256, "8-bit integers and a table of 256",
            found: "\(x.dataType) and \(table.shape)")
        let y = try context.makeDense(x, table.dataType)
        context.lookUp(x, table.bytes, into: y)
        return [y]
    }
}

extension ExecutionContext {
    /// Writes `table[x]` to `y`, of the same shape and order, which may have gaps.
    func lookUp(_ x: Value, _ table: UnsafePointer<UInt8>, into y: Value) {
        guard x.isChannelsLast else {
            let rows = x.rank > 0 && x.count > 0 ? x.shape[0] : 1
            apus_look_up(pool, table, x.bytes, x.count / rows, y.bytes, x.count / rows, rows, x.count / rows)
            return
        }
        let channels = x.shape[1]
        apus_look_up(
            pool, table, x.bytes, x.pixelStride, y.bytes, y.pixelStride, channels == 0 ? 0 : x.count / channels,
            channels)
    }
}
