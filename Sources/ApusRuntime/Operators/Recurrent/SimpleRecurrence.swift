import ApusONNX

/// `hₜ = f(W xₜ + R hₜ₋₁ + b)`. <https://onnx.ai/onnx/operators/onnx__RNN.html>
struct SimpleRecurrence: RecurrentOperator {
    static let type = OperatorType("RNN", since: 7)
    static let gateCount = 1
    static let hasCell = false
    let settings: RecurrentSettings
    let groups = [0..<1]
    var weights: [RecurrentWeights]?

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(3...6)
        settings = try RecurrentSettings(node, defaults: ["Tanh"])
    }

    func advance<Element: Number>(_ pass: RecurrentPass<Element>, _ rows: [RecurrentRow]) throws(OperatorError) {
        try pass.multiply(pass.hidden, group: 0)
        let states = pass.hidden.pointer(Element.self), products = pass.product.pointer(Element.self)
        for row in rows {
            let start = row.sequence * pass.size
            for unit in 0..<pass.size {
                let sum = pass.input(row, unit) + products[start + unit].wide + pass.hiddenBias[unit]
                states[start + unit] = Element(wide: pass.activate(0, sum))
            }
        }
    }
}
