import ApusCore
import ApusONNX

/// The same elements in another shape: 0 keeps an extent, −1 takes what is left.
/// <https://onnx.ai/onnx/operators/onnx__Reshape.html>
struct Reshaping: Operator {
    static let type = OperatorType("Reshape", since: 5)
    private let allowsZero: Bool

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...2)
        allowsZero = try node.flag("allowzero", default: false)
    }

    func isReplayable(constants: [Bool]) -> Bool { constants.areConstant(from: 1) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0)
        let shape = try resolve(try inputs.required(1).indices(context), for: x.shape)
        return [try context.rowMajor(x).reshaped(to: shape)]
    }

    private func resolve(_ wanted: [Int], for shape: Shape) throws(OperatorError) -> Shape {
        var extents = wanted
        for axis in extents.indices where extents[axis] == 0 && !allowsZero {
            try expect(axis < shape.rank, "an extent to keep at axis \(axis)", found: "\(shape)")
            extents[axis] = shape[axis]
        }
        let free = extents.indices.filter { extents[$0] == -1 }
        try expect(
            free.count <= 1 && extents.allSatisfy { $0 >= -1 }, "extents with at most one −1", found: "\(wanted)")
        if let axis = free.first {
            extents[axis] = 1
            let rest = try Shape(extents).requireCount()
            try expect(rest > 0 && shape.count % rest == 0, "a multiple of \(rest) elements", found: "\(shape)")
            extents[axis] = shape.count / rest
        }
        let result = Shape(extents)
        try expect(result.checkedCount == shape.count, "a shape of \(shape.count) elements", found: "\(result)")
        return result
    }
}
