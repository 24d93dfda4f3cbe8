import ApusCore
import ApusONNX

/// How the second operand lies against the first: before opset 7 an `axis` may say where its shape begins.
struct OperandAlignment: Sendable {
    private let axis: Int?

    init(_ node: Node, opset: Int) throws(GraphError) {
        axis = try node.optionalInt("axis")
        if let axis, opset >= 7 {
            throw .attributeValue("axis", expected: "none", found: "\(axis)", node: node.label)
        }
    }

    /// `b` with extents of 1 after its own, so that NumPy's rules put it where `axis` says.
    func align(_ b: Value, to a: Value, _ context: ExecutionContext) throws(OperatorError) -> Value {
        guard let axis else { return b }
        let first = try a.shape.resolve(axis: axis), missing = a.rank - first - b.rank
        try expect(missing >= 0, "at most \(a.rank - first) dimensions from axis \(first) on", found: "\(b.shape)")
        let shape = Shape(b.shape.dimensions + [Int](repeating: 1, count: missing))
        return try context.rowMajor(b).reshaped(to: shape)
    }
}
