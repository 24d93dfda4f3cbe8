import ApusONNX

/// A cell that gates let in, keep and let out: the LSTM.
///
/// Hochreiter and Schmidhuber, *Long Short-Term Memory*, 1997; with peepholes, Gers and Schmidhuber, 2000.
/// <https://onnx.ai/onnx/operators/onnx__LSTM.html>
struct LongShortTermMemory: RecurrentOperator {
    static let type = OperatorType("LSTM", since: 7)
    static let gateCount = 4
    static let hasCell = true
    let settings: RecurrentSettings
    /// Whether the forget gate is what the input gate leaves.
    private let couplesGates: Bool
    let groups = [0..<4]
    var weights: [RecurrentWeights]?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(3...8)
        settings = try RecurrentSettings(node, defaults: ["Sigmoid", "Tanh", "Tanh"])
        couplesGates = try node.flag("input_forget", default: false)
    }

    func advance<Element: Number>(_ pass: RecurrentPass<Element>, _ rows: [RecurrentRow]) throws(OperatorError) {
        guard let cell = pass.cell else { return }
        try pass.multiply(pass.hidden, group: 0)
        let size = pass.size, products = pass.product.pointer(Element.self)
        let states = pass.hidden.pointer(Element.self), cells = cell.pointer(Element.self)
        for row in rows {
            for unit in 0..<size {
                func sum(_ gate: Int) -> Double {
                    let place = gate * size + unit
                    return pass.input(row, place) + products[row.sequence * 4 * size + place].wide
                        + pass.hiddenBias[place]
                }
                let index = row.sequence * size + unit, old = cells[index].wide, peep = pass.peepholes
                let input = pass.activate(0, sum(0) + peep[unit] * old)
                let forget = couplesGates ? 1 - input : pass.activate(0, sum(2) + peep[2 * size + unit] * old)
                let new = forget * old + input * pass.activate(1, sum(3))
                let output = pass.activate(0, sum(1) + peep[size + unit] * new)
                cells[index] = Element(wide: new)
                states[index] = Element(wide: output * pass.functions[2](new))
            }
        }
    }
}
