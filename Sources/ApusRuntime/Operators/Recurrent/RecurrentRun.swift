import ApusCore

/// A sequence that takes part in a step, and the row of the input that it reads: `time · batch + sequence`.
struct RecurrentRow {
    let sequence, input: Int
}

/// One direction's buffers.
struct RecurrentPass<Element: Number> {
    /// The input times its weights: `[times · batch, gates · hidden]`.
    let projected: UnsafePointer<Element>
    /// For the state times its weights: `[batch, gates · hidden]`, one group of gates after the other.
    let product: Value
    /// The state `[batch, hidden]`.
    let hidden: Value
    let cell: Value?
    let weights: RecurrentWeights
    /// Of the input and of the state: `[gates · hidden]`.
    let inputBias, hiddenBias: [Double]
    let peepholes: [Double]
    let functions: [RecurrentActivation]
    let clip: Double
    let size, batch, gates: Int
    let context: ExecutionContext

    /// A gate's function of its clipped input.
    func activate(_ function: Int, _ x: Double) -> Double {
        functions[function](x.isNaN ? x : min(max(x, -clip), clip))
    }

    /// Multiplies a state with a group's weights into `product`.
    func multiply(_ state: Value, group: Int) throws(OperatorError) {
        try weights.hidden[group].multiply(state, count: batch, into: product, context)
    }

    /// A gate's input before the state's part.
    func input(_ row: RecurrentRow, _ place: Int) -> Double {
        projected[row.input * gates * size + place].wide + inputBias[place]
    }
}

/// All directions of a recurrent layer over a batch of sequences.
struct RecurrentRun<Layer: RecurrentOperator>: NumberVisitor {
    let layer: Layer
    let inputs: RecurrentInputs
    let weights: [RecurrentWeights]
    let context: ExecutionContext

    private var size: Int { inputs.hiddenSize }
    private var width: Int { Layer.gateCount * inputs.hiddenSize }

    /// - Returns: the states of all steps `[times, directions, batch, hidden]`, then the last of each sequence.
    func visit<Element: Number>(_ type: Element.Type) throws(OperatorError) -> [Value] {
        let (batch, directions) = (inputs.batch, inputs.directions), dataType = inputs.x.dataType
        let all = try context.make([inputs.times, directions, batch, size], dataType)
        all.pointer(type).update(repeating: .nought, count: all.count)
        let last = try state(inputs.hidden, type)
        let cells = Layer.hasCell ? try state(inputs.cell, type) : nil
        for direction in 0..<directions {
            let pass = try makePass(direction, last, cells, type)
            let target = all.pointer(type) + direction * batch * size
            try run(
                pass, into: target, stride: directions * batch * size, backward: layer.settings.runsBackward[direction])
        }
        return [all, last] + (cells.map { [$0] } ?? [])
    }

    /// `[directions, batch, hidden]`, as given or 0.
    private func state<Element: Number>(_ initial: Value?, _ type: Element.Type) throws(OperatorError) -> Value {
        let value = try context.make([inputs.directions, inputs.batch, size], inputs.x.dataType)
        if let initial {
            context.copy(initial, to: value)
        } else {
            value.pointer(type).update(repeating: .nought, count: value.count)
        }
        return value
    }

    private func makePass<Element: Number>(
        _ direction: Int, _ last: Value, _ cells: Value?, _ type: Element.Type
    ) throws(OperatorError) -> RecurrentPass<Element> {
        let count = inputs.times * inputs.batch
        let projected = try context.makeTemporary([count, width], inputs.x.dataType)
        try weights[direction].input.multiply(inputs.x, count: count, into: projected, context)
        let bias = numbers(inputs.bias, direction, count: 2 * width, type)
        return RecurrentPass(
            projected: projected.pointer(type),
            product: try context.makeTemporary([inputs.batch, width], inputs.x.dataType),
            hidden: part(last, direction), cell: cells.map { part($0, direction) }, weights: weights[direction],
            inputBias: Array(bias.prefix(width)), hiddenBias: Array(bias.suffix(width)),
            peepholes: numbers(inputs.peepholes, direction, count: 3 * size, type),
            functions: layer.settings.activations[direction], clip: layer.settings.clip, size: size,
            batch: inputs.batch, gates: Layer.gateCount, context: context)
    }

    private func part(_ states: Value, _ direction: Int) -> Value {
        Value(
            [inputs.batch, size], states.dataType, storage: states.storage,
            offset: states.offset + direction * inputs.batch * size)
    }

    private func numbers<Element: Number>(
        _ value: Value?, _ direction: Int, count: Int, _ type: Element.Type
    ) -> [Double] {
        guard let value else { return [Double](repeating: 0, count: count) }
        return (0..<count).map { value.pointer(type)[direction * count + $0].wide }
    }

    /// Each sequence ends at its own length; a backward pass begins there.
    private func run<Element: Number>(
        _ pass: RecurrentPass<Element>, into target: UnsafeMutablePointer<Element>, stride: Int, backward: Bool
    ) throws(OperatorError) {
        for step in 0..<(inputs.lengths.max() ?? 0) {
            var rows: [RecurrentRow] = []
            for (sequence, length) in inputs.lengths.enumerated() where step < length {
                let time = backward ? length - 1 - step : step
                rows.append(RecurrentRow(sequence: sequence, input: time * inputs.batch + sequence))
            }
            try layer.advance(pass, rows)
            let states = pass.hidden.pointer(Element.self)
            for row in rows {
                let time = row.input / inputs.batch
                (target + time * stride + row.sequence * size).update(from: states + row.sequence * size, count: size)
            }
        }
    }
}
