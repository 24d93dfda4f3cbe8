import ApusCore
import ApusONNX

/// Runs a graph again and again, at most as often as its first input says and as long as the graph says so.
///
/// Values are carried from one run to the next; what else the graph makes is stacked.
/// <https://onnx.ai/onnx/operators/onnx__Loop.html>
struct Loop: BodiedOperator {
    static let type = OperatorType("Loop")
    private let label: String
    private let carriedCount: Int
    private let outputCount: Int
    private var body: Body?

    init(_ node: Node, opset: Int) throws(GraphError) {
        _ = try node.graph("body")
        (label, outputCount) = (node.label, node.outputs.count)
        carriedCount = max(0, node.inputs.count - 2)
    }

    mutating func adopt(_ bodies: [String: Body]) throws(GraphError) {
        body = bodies["body"]
        let least = max(1 + carriedCount, 1 + outputCount)
        try body?.require(inputs: 2 + carriedCount, outputs: least ... .max, node: label)
    }

    func run(_ inputs: [AnyValue?], _ context: ExecutionContext) throws(OperatorError) -> [AnyValue] {
        guard let body else { throw .mismatch(expected: "a body", found: "none") }
        let limit = try inputs.optionalTensor(0).map { value throws(OperatorError) in try value.integer(context) }
        var goesOn = try inputs.optionalTensor(1).map { value throws(OperatorError) in try value.flag(context) } ?? true
        var carried = (0..<carriedCount).map { inputs.optional(2 + $0) }
        var stacks = body.outputs.dropFirst(1 + carriedCount).map { Stack($0) }
        var iteration = 0
        while goesOn, limit.map({ iteration < $0 }) ?? true {
            var results = try body(
                [
                    .tensor(try context.make([], .int64, integers: [Int64(iteration)])),
                    .tensor(try context.make([], .bool, integers: [1])),
                ] + carried, within: inputs, context)[...]
            goesOn = try [results.first].tensor(0).flag(context)
            results = results.dropFirst()
            carried = Array(results.prefix(carriedCount))
            for (index, value) in results.dropFirst(carriedCount).enumerated() {
                try stacks[index].append(value, context)
            }
            iteration += 1
        }
        return try finish(carried, stacks, context)
    }

    private func finish(
        _ carried: [AnyValue?], _ stacks: [Stack], _ context: ExecutionContext
    ) throws(OperatorError) -> [AnyValue] {
        var results: [AnyValue] = []
        for index in carried.indices { results.append(try carried.required(index)) }
        for stack in stacks { results.append(try stack.value(axis: 0, isReversed: false, context)) }
        return results
    }
}
