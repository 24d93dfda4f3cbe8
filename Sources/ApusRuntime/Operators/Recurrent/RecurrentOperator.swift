import ApusCore

/// An operator that runs a cell along sequences.
protocol RecurrentOperator: Operator {
    static var gateCount: Int { get }
    /// Whether the state has a second part, the cell.
    static var hasCell: Bool { get }
    var settings: RecurrentSettings { get }
    /// Gates whose products with the state are computed together.
    var groups: [Range<Int>] { get }
    /// Constant weights, packed.
    var weights: [RecurrentWeights]? { get set }

    /// Computes the states of one step from those of the last.
    func advance<Element: Number>(_ pass: RecurrentPass<Element>, _ rows: [RecurrentRow]) throws(OperatorError)
}

extension RecurrentOperator {
    mutating func prepare(_ constants: [NDArray?], _ context: ExecutionContext) throws(OperatorError) {
        guard constants.count > 2, let w = constants[1], let r = constants[2] else { return }
        weights = try makeWeights(Value(w), Value(r), context)
    }

    private func makeWeights(
        _ w: Value, _ r: Value, _ context: ExecutionContext
    ) throws(OperatorError) -> [RecurrentWeights] {
        try RecurrentWeights.make(
            w, r, gates: Self.gateCount, groups: groups, directions: settings.runsBackward.count, context)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let given = try RecurrentInputs(inputs, settings, gates: Self.gateCount, context)
        let weights = try weights.or(try makeWeights(try inputs.required(1), try inputs.required(2), context))
        let run = RecurrentRun(layer: self, inputs: given, weights: weights, context: context)
        let results = try given.x.dataType.accept(run)
        guard settings.isBatchFirst else { return results }
        return try results.map { value throws(OperatorError) in
            try context.transposed(value, by: value.rank == 4 ? [2, 0, 1, 3] : [1, 0, 2])
        }
    }
}
