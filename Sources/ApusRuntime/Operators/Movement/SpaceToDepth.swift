import ApusCore
import ApusONNX

/// Pixels become channels. <https://onnx.ai/onnx/operators/onnx__SpaceToDepth.html>
struct SpaceToDepth: Operator {
    static let type = OperatorType("SpaceToDepth")
    private let block: Int

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        block = try node.count("blocksize", default: 0)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try context.rowMajor(try inputs.required(0))
        try expect(
            x.rank == 4 && x.shape[2] % block == 0 && x.shape[3] % block == 0,
            "[N, C, H, W] with sides that are multiples of \(block)", found: "\(x.shape)")
        try x.shape.requireBlocks(of: block)
        let (n, c, h, w) = (x.shape[0], x.shape[1], x.shape[2] / block, x.shape[3] / block)
        let parts = x.reshaped(to: [n, c, h, block, w, block])
        return [try context.transposed(parts, by: [0, 3, 5, 1, 2, 4]).reshaped(to: [n, c * block * block, h, w])]
    }
}
