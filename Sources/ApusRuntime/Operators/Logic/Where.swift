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
        let result = try context.make(shape, a.dataType)
        let choice = Choice(
            flags: try context.expand(condition, to: shape).pointer(UInt8.self), a: try context.rowMajor(a),
            b: try context.rowMajor(b), result: result, loop: BroadcastLoop(shape, [a.shape, b.shape]))
        choice.run()
        return [result]
    }
}

/// Bytes of one of two values, by the size of their elements.
private struct Choice {
    let flags: UnsafePointer<UInt8>
    let a, b, result: Value
    let loop: BroadcastLoop

    func run() {
        switch a.dataType.size {
        case 1: copy(UInt8.self)
        case 2: copy(UInt16.self)
        case 4: copy(UInt32.self)
        default: copy(UInt64.self)
        }
    }

    private func copy<Word: ArrayElement>(_ word: Word.Type) {
        var index = 0
        loop.map(a.pointer(word), b.pointer(word), into: result.pointer(word)) { a, b in
            defer { index += 1 }
            return flags[index] != 0 ? a : b
        }
    }
}
