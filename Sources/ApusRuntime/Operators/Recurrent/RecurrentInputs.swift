import ApusCore

/// What a recurrent operator is given, checked, and with the time first.
struct RecurrentInputs {
    /// `[times, batch, features]`
    let x: Value
    let lengths: [Int]
    let hiddenSize: Int
    let directions: Int
    /// `[directions, 2 · gates · hidden]`
    let bias: Value?
    /// `[directions, batch, hidden]`
    let hidden, cell: Value?
    /// `[directions, 3 · hidden]`
    let peepholes: Value?

    var times: Int { x.shape[0] }
    var batch: Int { x.shape[1] }

    init(
        _ inputs: [Value?], _ settings: RecurrentSettings, gates: Int, _ context: ExecutionContext
    ) throws(OperatorError) {
        let given = try inputs.required(0), type = given.dataType
        try expect(given.rank == 3, "[sequence, batch, features]", found: "\(given.shape)")
        func timeFirst(_ value: Value) throws(OperatorError) -> Value {
            settings.isBatchFirst && value.rank == 3
                ? try context.transposed(value, by: [1, 0, 2]) : try context.rowMajor(value)
        }
        x = try timeFirst(given)
        directions = settings.runsBackward.count
        let w = try inputs.required(1, type), r = try inputs.required(2, type)
        try expect(w.rank == 3 && w.shape[2] == x.shape[2], "weights for \(x.shape[2]) features", found: "\(w.shape)")
        let size = r.shape.dimensions.last ?? 0
        hiddenSize = size
        try expect(
            settings.hiddenSize ?? size == size, "a hidden size of \(size)", found: "\(settings.hiddenSize ?? 0)")
        func optional(_ index: Int, _ shape: Shape) throws(OperatorError) -> Value? {
            guard let value = inputs.optional(index) else { return nil }
            try value.require(type)
            let ordered = shape.rank == 3 ? try timeFirst(value) : try context.rowMajor(value)
            try expect(ordered.shape == shape, "\(shape) for input \(index)", found: "\(ordered.shape)")
            return ordered
        }
        let (times, batch) = (x.shape[0], x.shape[1])
        try expect(batch <= 1 << 24, "at most 2²⁴ sequences", found: "\(batch)")
        bias = try optional(3, [directions, 2 * gates * size])
        let lengths = try inputs.optional(4).map { value throws(OperatorError) in try value.indices(context) }
        self.lengths = lengths ?? [Int](repeating: times, count: batch)
        try expect(
            self.lengths.count == batch && self.lengths.allSatisfy { (0...times).contains($0) },
            "\(batch) lengths up to \(times)", found: "\(self.lengths)")
        hidden = try optional(5, [directions, batch, size])
        cell = try optional(6, [directions, batch, size])
        peepholes = try optional(7, [directions, 3 * size])
    }
}
