import ApusRuntime

/// A node as it ran: its values, its work, and how long it took.
struct NodeReport: Encodable {
    struct Value: Encodable {
        let name: String
        let type: String?
        /// `nil` for what is no tensor of numbers.
        let shape: [Int]?
        let bytes: Int?

        init(_ value: NodeValue) {
            name = value.name
            type = value.tensor.map { "\($0.dataType)" }
            (shape, bytes) = (value.tensor?.shape.dimensions, value.tensor?.byteCount)
        }

        var text: String { shape.map { "[" + $0.map(String.init).joined(separator: ", ") + "]" } ?? "?" }
    }

    let name: String
    let operatorType: String
    let inputs: [Value]
    let outputs: [Value]
    let constants: [Value]
    let operations: Int?
    /// When each run of it began, on a clock that only goes forward, and how long it took, in seconds.
    private(set) var starts: [Double]
    private(set) var times: [Double]
    let heldBytes: Int

    init(_ run: NodeRun) {
        (name, operatorType, operations) = (run.name, run.operatorType, run.operationCount)
        inputs = run.inputs.filter { !$0.isConstant }.map(Value.init)
        outputs = run.outputs.map(Value.init)
        constants = run.inputs.filter(\.isConstant).map(Value.init)
        (starts, times, heldBytes) = ([run.start], [run.seconds], run.heldBytes)
    }

    mutating func add(_ run: NodeRun) {
        starts.append(run.start)
        times.append(run.seconds)
    }

    /// The median of its runs.
    var milliseconds: Double { Timings(times).percentile(0.5) * 1e3 }

    /// Billions of operations a second; `nil` where none are counted.
    var gigaflops: Double? {
        guard let operations, operations > 0, milliseconds > 0 else { return nil }
        return Double(operations) / milliseconds * 1e-6
    }

    private enum CodingKeys: String, CodingKey {
        case name, type, inputs, outputs, constants, operations, milliseconds, gigaflops
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(operatorType, forKey: .type)
        try container.encode(inputs, forKey: .inputs)
        try container.encode(outputs, forKey: .outputs)
        try container.encode(constants, forKey: .constants)
        try container.encodeIfPresent(operations, forKey: .operations)
        try container.encode(milliseconds, forKey: .milliseconds)
        try container.encodeIfPresent(gigaflops, forKey: .gigaflops)
    }
}
