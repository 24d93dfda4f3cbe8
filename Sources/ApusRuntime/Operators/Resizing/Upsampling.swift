import ApusCore
import ApusONNX

/// What opsets 7 to 9 have for `Resize`. <https://onnx.ai/onnx/operators/onnx__Upsample.html>
struct Upsampling: Operator, ImageWriter {
    static let type = OperatorType("Upsample", since: 7)
    private let method: ResizeMethod
    private let attribute: [Float]?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(opset < 9 ? 1...1 : 2...2)
        method = try ResizeMethod(node, opset: 10)
        attribute = opset < 9 ? try node.floats("scales") : nil
    }

    func isReplayable(constants: [Bool]) -> Bool { constants.areConstant(from: 1) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0)
        let scales = try attribute.or(try inputs.required(1).doubles(context).map { Float($0) })
        try expect(
            scales.count == x.rank && scales.allSatisfy { $0 >= 1 }, "\(x.rank) scales of at least 1",
            found: "\(scales)")
        var axes: [ResizeAxis] = []
        for (extent, scale) in zip(x.shape.dimensions, scales) {
            axes.append(try ResizeAxis(extent: extent, scale: scale))
        }
        return [try context.resize(x, axes, method)]
    }
}
