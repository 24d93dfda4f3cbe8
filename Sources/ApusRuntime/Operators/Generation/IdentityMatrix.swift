import ApusCore
import ApusONNX

/// Ones on a diagonal of a matrix of the input's shape; `k` moves it to the right.
/// <https://onnx.ai/onnx/operators/onnx__EyeLike.html>
struct IdentityMatrix: Operator {
    static let type = OperatorType("EyeLike", since: 9)
    private let dataType: DataType?
    private let diagonal: Int

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        dataType = try node.numberType("dtype")
        diagonal = try node.int("k", default: 0)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0), type = dataType ?? x.dataType
        try expect(x.rank == 2, "a matrix", found: "\(x.shape)")
        let result = try context.make(x.shape, type), (rows, columns) = (x.shape[0], x.shape[1])
        result.base.initializeMemory(as: UInt8.self, repeating: 0, count: result.count * type.size)
        let one =
            type.isFloatingPoint
            ? try context.make([], type, doubles: [1]) : try context.make([], type, integers: [1])
        // Beyond the corners it makes no difference how far.
        let shift = min(max(diagonal, -rows), columns)
        for row in max(0, -shift)..<max(0, -shift, min(rows, columns - shift)) {
            (result.base + (row * columns + row + shift) * type.size).copyMemory(from: one.base, byteCount: type.size)
        }
        return [result]
    }
}

extension Node {
    /// The type of elements that an attribute names by ONNX's number, or `nil` where it is not there.
    func numberType(_ name: String) throws(GraphError) -> DataType? {
        guard let code = try optionalInt(name) else { return nil }
        guard let type = ElementType(rawValue: code)?.dataType else {
            throw .attributeValue(name, expected: "a type of numbers or truth values", found: "\(code)", node: label)
        }
        return type
    }
}
