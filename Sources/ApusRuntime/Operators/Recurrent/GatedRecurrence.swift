import ApusCore
import ApusONNX

/// A state that is partly kept and partly replaced, as two gates say: the GRU.
///
/// Cho et al., *Learning Phrase Representations using RNN Encoder–Decoder*, <https://arxiv.org/abs/1406.1078>.
/// <https://onnx.ai/onnx/operators/onnx__GRU.html>
struct GatedRecurrence: RecurrentOperator {
    static let type = OperatorType("GRU", since: 7)
    static let gateCount = 3
    static let hasCell = false
    let settings: RecurrentSettings
    /// Whether the reset gate works on the product with the state, not on the state.
    private let resetsProduct: Bool
    var weights: [RecurrentWeights]?

    var groups: [Range<Int>] { resetsProduct ? [0..<3] : [0..<2, 2..<3] }

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(3...6)
        settings = try RecurrentSettings(node, defaults: ["Sigmoid", "Tanh"])
        resetsProduct = try node.flag("linear_before_reset", default: false)
    }

    func advance<Element: Number>(_ pass: RecurrentPass<Element>, _ rows: [RecurrentRow]) throws(OperatorError) {
        let size = pass.size, states = pass.hidden.pointer(Element.self)
        let products = pass.product.pointer(Element.self), stride = (resetsProduct ? 3 : 2) * size
        var updates = [Double](repeating: 0, count: pass.batch * size), resets = updates
        try pass.multiply(pass.hidden, group: 0)
        for row in rows {
            for unit in 0..<size {
                func gate(_ index: Int) -> Double {
                    let place = index * size + unit, product = products[row.sequence * stride + place].wide
                    return pass.activate(0, pass.input(row, place) + product + pass.hiddenBias[place])
                }
                updates[row.sequence * size + unit] = gate(0)
                resets[row.sequence * size + unit] = gate(1)
            }
        }
        if !resetsProduct { try multiplyResetStates(pass, resets) }
        let offset = resetsProduct ? 2 * size : 0
        for row in rows {
            for unit in 0..<size {
                let index = row.sequence * size + unit, place = 2 * size + unit
                let product = products[row.sequence * (resetsProduct ? stride : size) + offset + unit].wide
                let factor = resetsProduct ? resets[index] : 1
                let candidate = pass.activate(
                    1, pass.input(row, place) + factor * (product + pass.hiddenBias[place]))
                states[index] = Element(
                    wide: (1 - updates[index]) * candidate + updates[index] * states[index].wide)
            }
        }
    }

    private func multiplyResetStates<Element: Number>(
        _ pass: RecurrentPass<Element>, _ resets: [Double]
    ) throws(OperatorError) {
        let reset = try pass.context.makeTemporary(pass.hidden.shape, pass.hidden.dataType)
        let states = pass.hidden.pointer(Element.self), target = reset.pointer(Element.self)
        for index in resets.indices { target[index] = Element(wide: resets[index] * states[index].wide) }
        try pass.multiply(reset, group: 1)
    }
}
