import ApusCore
import ApusONNX

/// `Scan` as of opset 8: every input has a batch axis before the one that is run along, and samples may be of
/// different lengths. <https://onnx.ai/onnx/operators/onnx__Scan.html>
struct BatchScan: BodiedOperator {
    static let type = OperatorType("Scan", since: 8)
    private var scanner: Scanner

    init(_ node: Node, opset: Int) throws(GraphError) {
        let inputCount = try node.int("num_scan_inputs")
        scanner = try Scanner(
            node, scanInputCount: inputCount, stateCount: node.inputs.count - 1 - inputCount,
            inputDirections: try node.ints("directions", default: []), outputDirections: [])
    }

    mutating func adopt(_ bodies: [String: Body]) throws(GraphError) { try scanner.adopt(bodies["body"]) }

    func run(_ inputs: [AnyValue?], _ context: ExecutionContext) throws(OperatorError) -> [AnyValue] {
        var values: [Value] = []
        for index in 1..<1 + scanner.stateCount + scanner.scanInputCount {
            let value = try context.rowMajor(try inputs.tensor(index))
            try expect(value.rank > 0, "a batch axis", found: "a scalar")
            values.append(value)
        }
        let batch = values.first?.shape[0] ?? 0
        try expect(
            batch > 0 && values.allSatisfy { $0.shape[0] == batch }, "a batch of \(batch) samples or more",
            found: "\(values.map { $0.shape[0] })")
        let lengths = try inputs.optionalTensor(0).map { value throws(OperatorError) in try value.indices(context) }
        return try scan(values, batch: batch, lengths: lengths, within: inputs, context)
    }

    private func scan(
        _ values: [Value], batch: Int, lengths: [Int]?, within inputs: [AnyValue?], _ context: ExecutionContext
    ) throws(OperatorError) -> [AnyValue] {
        var results: [Stack] = []
        for sample in 0..<batch {
            var parts: [Value] = []
            for value in values { parts.append(try context.part(value, at: sample)) }
            let scanned = Array(parts.dropFirst(scanner.stateCount))
            let extent = scanned.first.map { $0.rank > 0 ? $0.shape[0] : 0 } ?? 0
            let length = lengths.map { $0.element(sample, default: extent) } ?? extent
            guard length == extent else { throw .unsupported("samples of different lengths") }
            let (states, stacks) = try scanner.scan(
                parts.prefix(scanner.stateCount).map(AnyValue.tensor), scanned, within: inputs, context)
            var outputs = states
            for stack in stacks { outputs.append(try stack.value(axis: 0, isReversed: false, context)) }
            if results.isEmpty { results = outputs.map { _ in Stack(ValueInfo("", type: .other("batch"))) } }
            for (index, output) in outputs.enumerated() { try results[index].append(output, context) }
        }
        var outputs: [AnyValue] = []
        for stack in results { outputs.append(try stack.value(axis: 0, isReversed: false, context)) }
        return outputs
    }
}
