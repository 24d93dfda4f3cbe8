import ApusCore
import ApusONNX

/// An operator that applies a function without a kernel to every element, in double precision.
protocol ScalarFunction: Operator {
    /// Whether integers may pass through the function, cut off afterwards.
    static var takesIntegers: Bool { get }

    func value(_ x: Double) -> Double
}

extension ScalarFunction {
    static var takesIntegers: Bool { false }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let given = try inputs.required(0), x = given.isDense ? given : try context.rowMajor(given)
        let result = try context.make(x.shape, like: x)
        try x.dataType.accept(ScalarLoop(function: self, x: x, result: result, context: context))
        return [result]
    }
}

private struct ScalarLoop<Function: ScalarFunction>: NumberVisitor {
    let function: Function
    let x, result: Value
    let context: ExecutionContext

    func visit<Element: Number>(_ type: Element.Type) throws(OperatorError) {
        try expect(Function.takesIntegers || !Element.isInteger, "floating-point numbers", found: "\(x.dataType)")
        let source = x.pointer(type), target = result.pointer(type)
        context.forEachRange(below: x.count, of: 1 << 12) { range in
            for index in range { target[index] = Element(wide: function.value(source[index].wide)) }
        }
    }
}
