import ApusCore
import ApusONNX

/// Arrays one after the other along an axis. <https://onnx.ai/onnx/operators/onnx__Concat.html>
struct Concatenation: Operator {
    static let type = OperatorType("Concat", since: 4)
    private let axis: Int

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...)
        axis = try node.int("axis")
    }

    var joinsChannels: Bool { axis == 1 || axis == -3 }

    func isReplayable(constants: [Bool]) -> Bool { true }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let first = try inputs.required(0)
        let axis = try first.shape.resolve(axis: axis)
        try expect(first.rank > 0, "at least one dimension", found: "a scalar")
        var shape = first.shape
        shape[axis] = 0
        for input in inputs {
            guard let input else { throw .mismatch(expected: "every input", found: "one left out") }
            try input.require(first.dataType)
            try expect(
                fits(input.shape, first.shape, except: axis), "\(first.shape) but for axis \(axis)",
                found: "\(input.shape)")
            shape[axis] += input.shape[axis]
        }
        if axis == 1, shape.rank == 4, let joined = Value.joining(inputs.compactMap { $0 }, to: shape) {
            return [joined]
        }
        let isImage = shape.rank == 4 && inputs.contains { $0?.isChannelsLast ?? false }
        let result =
            isImage
            ? try context.makeChannelsLast(shape, first.dataType) : try context.make(shape, first.dataType)
        let strides = result.strides
        var position = 0
        for case let input? in inputs {
            context.copy(
                input.base, input.strides, to: result.base + position * strides[axis] * first.dataType.size, strides,
                extents: input.shape.dimensions, size: first.dataType.size)
            position += input.shape[axis]
        }
        return [result]
    }

    private func fits(_ a: Shape, _ b: Shape, except axis: Int) -> Bool {
        a.rank == b.rank && (0..<a.rank).allSatisfy { $0 == axis || a[$0] == b[$0] }
    }
}
