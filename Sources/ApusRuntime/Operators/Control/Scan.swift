import ApusCore
import ApusONNX

/// Runs a graph on one slice after the other of its inputs; states are carried on, what else it makes is stacked.
/// <https://onnx.ai/onnx/operators/onnx__Scan.html>
struct Scan: BodiedOperator {
    static let type = OperatorType("Scan", since: 9)
    private var scanner: Scanner
    private let inputAxes: [Int]
    private let outputAxes: [Int]

    init(_ node: Node, opset: Int) throws(GraphError) {
        let inputCount = try node.int("num_scan_inputs")
        scanner = try Scanner(
            node, scanInputCount: inputCount, stateCount: node.inputs.count - inputCount,
            inputDirections: try node.ints("scan_input_directions", default: []),
            outputDirections: try node.ints("scan_output_directions", default: []))
        inputAxes = try node.ints("scan_input_axes", default: [])
        outputAxes = try node.ints("scan_output_axes", default: [])
    }

    mutating func adopt(_ bodies: [String: Body]) throws(GraphError) { try scanner.adopt(bodies["body"]) }

    func run(_ inputs: [AnyValue?], _ context: ExecutionContext) throws(OperatorError) -> [AnyValue] {
        var scanned: [Value] = []
        for index in 0..<scanner.scanInputCount {
            let x = try context.rowMajor(try inputs.tensor(scanner.stateCount + index))
            scanned.append(try context.moveToFront(x, axis: inputAxes.element(index, default: 0)))
        }
        let states = (0..<scanner.stateCount).map { inputs.optional($0) }
        var (results, stacks) = try scanner.scan(states, scanned, within: inputs, context)
        for (index, stack) in stacks.enumerated() {
            results.append(
                try stack.value(
                    axis: outputAxes.element(index, default: 0), isReversed: scanner.isReversed(output: index), context)
            )
        }
        stacks.removeAll()
        return results
    }
}

extension [Int] {
    /// The element at `index`, or `value` where the list is shorter.
    func element(_ index: Int, default value: Int) -> Int { index < count ? self[index] : value }
}

extension ExecutionContext {
    /// A row-major copy with `axis` first.
    func moveToFront(_ x: Value, axis: Int) throws(OperatorError) -> Value {
        try expect(x.rank > 0, "at least one dimension", found: "a scalar")
        let axis = try x.shape.resolve(axis: axis)
        guard axis > 0 else { return x }
        let order = [axis] + (0..<x.rank).filter { $0 != axis }
        let result = try make(Shape(order.map { x.shape[$0] }), x.dataType)
        copy(
            x.base, order.map { x.strides[$0] }, to: result.base, result.shape.strides,
            extents: result.shape.dimensions, size: x.dataType.size)
        return result
    }

    /// A copy of the part of a row-major value at `index` of its first axis, without that axis.
    func part(_ x: Value, at index: Int) throws(OperatorError) -> Value {
        let result = try make(Shape(Array(x.shape.dimensions.dropFirst())), x.dataType)
        let byteCount = result.count * x.dataType.size
        result.base.copyMemory(from: x.base + index * byteCount, byteCount: byteCount)
        return result
    }
}
