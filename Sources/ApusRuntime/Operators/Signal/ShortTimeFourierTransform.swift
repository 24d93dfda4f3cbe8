import ApusCore
import ApusONNX

/// The spectra of overlapping pieces of signals. <https://onnx.ai/onnx/operators/onnx__STFT.html>
///
/// - Inputs: `[N, length, 1 or 2]`, the step between pieces, and a window, or the pieces' length, or both
/// - Output: `[N, pieces, frequencies, 2]`
struct ShortTimeFourierTransform: Operator {
    static let type = OperatorType("STFT", since: 17)
    private let isOneSided: Bool

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...4)
        isOneSided = try node.flag("onesided", default: true)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try context.rowMajor(try inputs.required(0))
        try x.requireSignal(rank: 3)
        try expect(x.rank == 3, "signals [N, length, 1 or 2]", found: "\(x.shape)")
        guard !isOneSided || x.shape[-1] == 1 else { throw .unsupported("one side of the spectrum of complex numbers") }
        let step = try inputs.required(1).scalar(context)
        let window = try inputs.optional(2)?.doubles(context)
        let length = try inputs.optional(3)?.scalar(context) ?? window?.count ?? x.shape[1]
        try requireTransformLength(length)
        try expect(
            step > 0 && length <= x.shape[1] && window?.count ?? length == length,
            "a step, and pieces of \(window?.count ?? length) elements of a signal", found: "\(step) and \(length)")
        let pieces = (x.shape[1] - length) / step + 1, kept = isOneSided ? length / 2 + 1 : length
        let y = try context.make([x.shape[0], pieces, kept, 2], x.dataType)
        let extent = x.shape[1]
        let lines = SpectrumLines(
            transform: FourierTransform(count: length, inverts: false), signal: x, spectrum: y,
            count: x.shape[0] * pieces, taken: length, kept: kept, step: 1, window: window, context: context
        ) { line in
            (line / pieces * extent + line % pieces * step, line * kept)
        }
        try x.dataType.accept(real: lines)
        return [y]
    }
}
