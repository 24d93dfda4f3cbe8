import ApusCore
import ApusONNX

/// The determinants of square matrices, by elimination. <https://onnx.ai/onnx/operators/onnx__Det.html>
///
/// - Input: `[…, M, M]`
/// - Output: `[…]`
struct Determinant: Operator {
    static let type = OperatorType("Det", since: 11)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(1...1) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0)
        try x.requireReal()
        try expect(x.rank >= 2 && x.shape[-1] == x.shape[-2], "square matrices", found: "\(x.shape)")
        let y = try context.make(Shape(Array(x.shape.dimensions.dropLast(2))), x.dataType)
        let size = x.shape[-1], numbers = try x.doubles(context)
        let determinants = (0..<y.count).map { index in
            Self.determinant(Array(numbers[index * size * size..<(index + 1) * size * size]), size)
        }
        try y.fill(determinants)
        return [y]
    }

    private static func determinant(_ matrix: [Double], _ size: Int) -> Double {
        var a = matrix, result = 1.0
        for column in 0..<size {
            // The largest pivot: little is lost to rounding.
            let pivot = (column..<size).max { a[$0 * size + column].magnitude < a[$1 * size + column].magnitude }
            guard let pivot, a[pivot * size + column] != 0 else { return 0 }
            if pivot != column {
                for k in 0..<size { a.swapAt(pivot * size + k, column * size + k) }
                result = -result
            }
            result *= a[column * size + column]
            for row in column + 1..<max(column + 1, size) {
                let factor = a[row * size + column] / a[column * size + column]
                for k in column..<size { a[row * size + k] -= factor * a[column * size + k] }
            }
        }
        return result
    }
}
