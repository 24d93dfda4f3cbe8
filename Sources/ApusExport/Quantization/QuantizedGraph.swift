import ApusCore
import ApusONNX

/// Writes a graph whose planned values go through `QuantizeLinear` and `DequantizeLinear`, and whose planned convolutions
/// have weights of 8-bit integers: the form that other runtimes read, too.
struct QuantizedGraph {
    private(set) var graph: Graph
    private let plan: QuantizationPlan
    private let parameters: [String: QuantizationParameters]
    /// The scales of weights that have been written already.
    private var weightScales: [String: [Float]] = [:]
    private var added: [Node] = []

    /// - Parameter parameters: of each planned value.
    init(_ original: Graph, _ plan: QuantizationPlan, _ parameters: [String: QuantizationParameters]) {
        graph = original
        self.plan = plan
        self.parameters = parameters
        for index in plan.convolutions { quantizeWeights(of: index, original) }
        for value in plan.values { insert(value) }
        dropUnreadConstants(original)
    }

    private mutating func constant(_ array: NDArray, _ name: String) -> String {
        graph.initializers[name] = array
        return name
    }

    // MARK: Values

    private mutating func insert(_ value: String) {
        guard let parameters = parameters[value] else { return }
        let scale = constant(NDArray(scalar: parameters.scale), value + "_scale")
        let zero = constant(NDArray(scalar: parameters.zero), value + "_zero_point")
        let integers = value + "_quantized", numbers = value + "_dequantized"
        for index in graph.nodes.indices {
            graph.nodes[index].inputs = graph.nodes[index].inputs.map { $0 == value ? numbers : $0 }
        }
        graph.nodes += [
            Node("QuantizeLinear", name: value + "_quantize", inputs: [value, scale, zero], outputs: [integers]),
            Node("DequantizeLinear", name: value + "_dequantize", inputs: [integers, scale, zero], outputs: [numbers]),
        ]
    }

    // MARK: Weights

    private mutating func quantizeWeights(of index: Int, _ original: Graph) {
        let node = original.nodes[index]
        guard let weights = original.initializers[node.inputs[1]], let image = parameters[node.inputs[0]] else {
            return
        }
        let scales = scales(of: node.inputs[1], weights)
        graph.nodes[index].inputs[1] = node.inputs[1] + "_dequantized"
        if let name = node.input(2), let bias = original.initializers[name] {
            graph.nodes[index].inputs[2] = quantizedBias(bias, name, scales.map { $0 * image.scale })
        }
    }

    private mutating func scales(of name: String, _ weights: NDArray) -> [Float] {
        if let known = weightScales[name] { return known }
        let quantized = QuantizedWeights(weights)
        let inputs = [
            constant(quantized.integers, name + "_quantized"), constant(NDArray(quantized.scales), name + "_scale"),
            constant(NDArray([Int8](repeating: 0, count: quantized.scales.count)), name + "_zero_point"),
        ]
        graph.nodes.append(
            Node(
                "DequantizeLinear", name: name + "_dequantize", inputs: inputs, outputs: [name + "_dequantized"],
                attributes: ["axis": 0]))
        weightScales[name] = quantized.scales
        return quantized.scales
    }

    /// A bias in 32-bit integers, in units of the products that it is added to.
    private mutating func quantizedBias(_ bias: NDArray, _ name: String, _ scales: [Float]) -> String {
        let integers = zip(bias.elements(of: Float.self), scales).map { number, scale in
            let steps = (Double(number) / Double(scale)).rounded(.toNearestOrEven)
            return steps.isNaN ? 0 : Int32(min(max(steps, -0x1p30), 0x1p30))
        }
        let inputs = [
            constant(NDArray(integers), name + "_quantized"), constant(NDArray(scales), name + "_scale"),
            constant(NDArray([Int32](repeating: 0, count: integers.count)), name + "_zero_point"),
        ]
        graph.nodes.append(
            Node(
                "DequantizeLinear", name: name + "_dequantize", inputs: inputs, outputs: [name + "_dequantized"],
                attributes: ["axis": 0]))
        return name + "_dequantized"
    }

    /// Float weights that integers have replaced.
    private mutating func dropUnreadConstants(_ original: Graph) {
        let read = Set(graph.nodes.flatMap(\.inputs) + graph.outputs.map(\.name))
        for name in original.initializers.keys where !read.contains(name) { graph.initializers[name] = nil }
    }
}
