import ApusCore
import ApusONNX

/// 1 at the first largest element along an axis, 0 elsewhere. Before opset 13 all axes from `axis` on count as one.
/// <https://onnx.ai/onnx/operators/onnx__Hardmax.html>
struct Hardmax: Operator {
    static let type = OperatorType("Hardmax")
    private let axis: Int
    private let flattens: Bool

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        flattens = opset < 13
        axis = try node.int("axis", default: flattens ? 1 : -1)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try context.rowMajor(try inputs.required(0))
        try expect(x.dataType.isFloatingPoint, "floating-point numbers", found: "\(x.dataType)")
        let lines = try Lines(x.shape, axis: axis, flattens: flattens)
        let result = try context.make(x.shape, x.dataType)
        try x.dataType.accept(HardmaxLoop(x: x, result: result, lines: lines))
        return [result]
    }
}

private struct HardmaxLoop: NumberVisitor {
    let x, result: Value
    let lines: Lines

    func visit<Element: Number>(_ type: Element.Type) throws(OperatorError) {
        let source = x.pointer(type), target = result.pointer(type)
        target.update(repeating: .nought, count: x.count)
        for line in 0..<lines.lineCount {
            let first = lines.start(of: line)
            var best = first
            for step in 1..<max(lines.count, 1) {
                let place = first + step * lines.inner
                if source[place] > source[best] { best = place }
            }
            target[best] = .unit
        }
    }
}
