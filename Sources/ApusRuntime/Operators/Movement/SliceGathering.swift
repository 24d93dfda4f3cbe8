import ApusCore
import ApusONNX

/// The slices that tuples of indices name; the first `batch_dims` axes of both inputs go together.
/// <https://onnx.ai/onnx/operators/onnx__GatherND.html>
struct SliceGathering: Operator {
    static let type = OperatorType("GatherND", since: 11)
    private let batchAxes: Int

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...2)
        batchAxes = try node.int("batch_dims", default: 0)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try context.rowMajor(try inputs.required(0)), which = try inputs.required(1)
        let rest = try x.shape.slice(named: which.shape, batchAxes: batchAxes)
        let result = try context.make(Shape(which.shape.dimensions.dropLast() + rest.dimensions), x.dataType)
        let size = x.dataType.size, bytes = rest.count * size
        guard result.count > 0 else { return [result] }
        let places = try x.shape.slicePlaces(of: which, batchAxes: batchAxes, context)
        for (index, place) in places.enumerated() {
            (result.base + index * bytes).copyMemory(from: x.base + place * size, byteCount: bytes)
        }
        return [result]
    }
}
