import ApusCore
import ApusONNX

/// `a` where the condition holds, `b` elsewhere; shapes broadcast. <https://onnx.ai/onnx/operators/onnx__Where.html>
struct Where: Operator {
    static let type = OperatorType("Where", since: 9)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(3...3) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let condition = try inputs.required(0, .bool), a = try inputs.required(1)
        let b = try inputs.required(2, a.dataType)
        guard let shape = a.shape.broadcast(with: b.shape)?.broadcast(with: condition.shape) else {
            throw .mismatch(expected: "shapes that broadcast", found: "\(condition.shape), \(a.shape), \(b.shape)")
        }
        let chosen = try context.expand(condition, to: shape)
        let result = try context.make(shape, a.dataType)
        context.copy(try context.expand(a, to: shape), to: result)
        let other = try context.expand(b, to: shape)
        let size = a.dataType.size, flags = chosen.base.assumingMemoryBound(to: UInt8.self)
        for index in 0..<result.count where flags[index] == 0 {
            (result.base + index * size).copyMemory(from: other.base + index * size, byteCount: size)
        }
        return [result]
    }
}
