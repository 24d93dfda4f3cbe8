import ApusCore
import ApusONNX

/// What the two forms of `Scan` share: a body that is run on one slice after the other.
struct Scanner: Sendable {
    let scanInputCount: Int
    let stateCount: Int
    private let inputDirections: [Int]
    private let outputDirections: [Int]
    private let label: String
    private let outputCount: Int
    private var body: Body?

    init(
        _ node: Node, scanInputCount: Int, stateCount: Int, inputDirections: [Int], outputDirections: [Int]
    ) throws(GraphError) {
        _ = try node.graph("body")
        guard scanInputCount > 0, stateCount >= 0 else {
            throw .attributeValue(
                "num_scan_inputs", expected: "1 to the number of inputs", found: "\(scanInputCount)", node: node.label)
        }
        (self.scanInputCount, self.stateCount) = (scanInputCount, stateCount)
        (self.inputDirections, self.outputDirections) = (inputDirections, outputDirections)
        (label, outputCount) = (node.label, node.outputs.count)
    }

    mutating func adopt(_ body: Body?) throws(GraphError) {
        self.body = body
        try body?.require(
            inputs: stateCount + scanInputCount, outputs: max(stateCount, outputCount) ... .max, node: label)
    }

    func isReversed(output: Int) -> Bool { outputDirections.element(output, default: 0) == 1 }

    /// - Parameter scanned: row-major values whose first axis is run along.
    func scan(
        _ initial: [AnyValue?], _ scanned: [Value], within inputs: [AnyValue?], length: Int? = nil,
        _ context: ExecutionContext
    ) throws(OperatorError) -> (states: [AnyValue], stacks: [Stack]) {
        guard let body, let extent = scanned.first?.shape[0] else {
            throw .mismatch(expected: "a body and an input to scan", found: "none")
        }
        try expect(
            scanned.allSatisfy { $0.shape[0] == extent }, "inputs of \(extent) slices",
            found: "\(scanned.map { $0.shape[0] })")
        var states = initial
        var stacks = body.outputs.dropFirst(stateCount).map { Stack($0) }
        let count = length ?? extent
        for index in 0..<count {
            var arguments = states
            for (number, value) in scanned.enumerated() {
                let isReversed = inputDirections.element(number, default: 0) == 1
                arguments.append(.tensor(try context.part(value, at: isReversed ? count - 1 - index : index)))
            }
            let results = try body(arguments, within: inputs, context)
            states = Array(results.prefix(stateCount))
            for (number, value) in results.dropFirst(stateCount).enumerated() {
                try stacks[number].append(value, context)
            }
        }
        var last: [AnyValue] = []
        for index in states.indices { last.append(try states.required(index)) }
        return (last, stacks)
    }
}
