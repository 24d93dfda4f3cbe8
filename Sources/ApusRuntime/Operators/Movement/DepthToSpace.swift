import ApusCore
import ApusONNX

/// Channels become pixels. <https://onnx.ai/onnx/operators/onnx__DepthToSpace.html>
struct DepthToSpace: Operator {
    static let type = OperatorType("DepthToSpace")
    private let block: Int
    private let channelsFirst: Bool

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        block = try node.count("blocksize", default: 0)
        channelsFirst = try node.string("mode", default: "DCR") == "CRD"
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try context.rowMajor(try inputs.required(0))
        try expect(
            x.rank == 4 && x.shape[1] % (block * block) == 0,
            "[N, C, H, W] with C a multiple of \(block * block)", found: "\(x.shape)")
        try x.shape.requireBlocks(of: block)
        let (n, c, h, w) = (x.shape[0], x.shape[1] / (block * block), x.shape[2], x.shape[3])
        let parts = x.reshaped(to: channelsFirst ? [n, c, block, block, h, w] : [n, block, block, c, h, w])
        let moved = try context.transposed(parts, by: channelsFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2])
        return [moved.reshaped(to: [n, c, h * block, w * block])]
    }
}

extension Shape {
    /// Refuses an empty image whose extents, rearranged in blocks, might overflow.
    func requireBlocks(of size: Int) throws(OperatorError) {
        let isSmall = size <= 1 << 8 && dimensions.allSatisfy { $0 <= 1 << 12 }
        try expect(count > 0 || isSmall, "pixels to rearrange in blocks of \(size)", found: "\(self)")
    }
}
