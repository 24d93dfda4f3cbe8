import ApusCore
import ApusONNX

/// The discrete Fourier transform along one axis. <https://onnx.ai/onnx/operators/onnx__DFT.html>
///
/// - Inputs: `[…, 1]` (real) or `[…, 2]` (complex), perhaps a length, and since opset 20 the axis
/// - Output: `[…, 2]`
struct DiscreteFourierTransform: Operator {
    static let type = OperatorType("DFT", since: 17)
    private let axis: Int
    private let inverts, isOneSided: Bool

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(opset < 20 ? 1...2 : 1...3)
        axis = opset < 20 ? try node.int("axis", default: 1) : -2
        inverts = try node.flag("inverse", default: false)
        isOneSided = try node.flag("onesided", default: false)
        if inverts, isOneSided {
            throw .attributeValue("onesided", expected: "0 for an inverse transform", found: "1", node: node.label)
        }
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try context.rowMajor(try inputs.required(0))
        try x.requireSignal(rank: 2)
        let axis = try x.shape.resolve(axis: try inputs.optional(2)?.scalar(context) ?? axis)
        try expect(axis < x.rank - 1, "an axis before the last", found: "\(axis)")
        let length = try inputs.optional(1)?.scalar(context) ?? x.shape[axis]
        try requireTransformLength(length)
        guard !isOneSided || x.shape[-1] == 1 else { throw .unsupported("one side of the spectrum of complex numbers") }
        let kept = isOneSided ? length / 2 + 1 : length
        var shape = x.shape
        (shape[axis], shape[-1]) = (kept, 2)
        let y = try context.make(shape, x.dataType)
        let extent = x.shape[axis], inner = x.shape.dimensions[(axis + 1)..<(x.rank - 1)].reduce(1, *)
        let lines = SpectrumLines(
            transform: FourierTransform(count: length, inverts: inverts), signal: x, spectrum: y,
            count: y.count / max(1, 2 * kept), taken: min(length, extent), kept: kept, step: inner, window: nil,
            context: context
        ) { line in
            (line / inner * extent * inner + line % inner, line / inner * kept * inner + line % inner)
        }
        try x.dataType.accept(real: lines)
        return [y]
    }
}

extension Value {
    /// The one integer of an `int64` or `int32` input.
    func scalar(_ context: ExecutionContext) throws(OperatorError) -> Int {
        let numbers = try indices(context)
        guard let number = numbers.first, numbers.count == 1 else {
            throw .mismatch(expected: "one integer", found: "\(shape)")
        }
        return number
    }
}
