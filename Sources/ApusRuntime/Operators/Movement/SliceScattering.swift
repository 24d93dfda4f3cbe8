import ApusCore
import ApusONNX

/// Puts slices at the places that the last axis of the indices names; equal places are merged as `reduction` says.
/// <https://onnx.ai/onnx/operators/onnx__ScatterND.html>
struct SliceScattering: Operator {
    static let type = OperatorType("ScatterND", since: 11)
    private let reduction: ScatterReduction

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(3...3)
        reduction = try ScatterReduction(node)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0), which = try inputs.required(1), updates = try inputs.required(2)
        let rest = try x.shape.slice(named: which.shape, batchAxes: 0)
        let shape = Shape(which.shape.dimensions.dropLast() + rest.dimensions)
        try expect(updates.shape == shape, "updates of shape \(shape)", found: "\(updates.shape)")
        let places = try x.shape.slicePlaces(of: which, batchAxes: 0, context)
        return [try context.scatter(updates, into: x, at: places, length: rest.count, reduction)]
    }
}

extension Shape {
    /// The shape of the slices that tuples of indices (the last axis of `which`) name. The first `batchAxes` axes of
    /// both go together and are not in the tuples.
    func slice(named which: Shape, batchAxes: Int) throws(OperatorError) -> Shape {
        try expect(rank > 0 && which.rank > 0, "at least one dimension", found: "\(self) and \(which)")
        let length = which[-1]
        try expect(
            (0..<min(rank, which.rank)).contains(batchAxes) && length <= rank - batchAxes
                && dimensions.prefix(batchAxes) == which.dimensions.prefix(batchAxes),
            "tuples of at most \(rank) indices after \(batchAxes) common axes", found: "\(which)")
        return Shape(Array(dimensions.dropFirst(batchAxes + length)))
    }

    /// Where those slices begin; none where they are empty, however many they are.
    func slicePlaces(
        of which: Value, batchAxes: Int, _ context: ExecutionContext
    ) throws(OperatorError) -> [Int] {
        let length = which.shape[-1], indices = try which.indices(context), strides = strides
        let isEmpty = dimensions.dropFirst(batchAxes + length).contains(0)
        let count = isEmpty ? 0 : which.shape.dimensions.dropLast().reduce(1, *)
        let batches = dimensions.prefix(batchAxes).reduce(1, *)
        let batchStride = dimensions.dropFirst(batchAxes).reduce(1, *)
        var places = [Int](repeating: 0, count: count)
        for tuple in 0..<count {
            var place = tuple / (count / batches) * batchStride
            for position in 0..<length {
                let axis = batchAxes + position, index = indices[tuple * length + position], extent = dimensions[axis]
                try expect((-extent..<extent).contains(index), "indices within \(extent)", found: "\(index)")
                place += (index < 0 ? index + extent : index) * strides[axis]
            }
            places[tuple] = place
        }
        return places
    }
}
