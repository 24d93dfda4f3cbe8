import ApusCore
import ApusONNX

/// With one node in place of each convolution of 8-bit integers: `DequantizeLinear` of the image and of the weights,
/// the convolution with what is fused into it, and `QuantizeLinear`.
///
/// A convolution with a group for each channel stays one of floats: it is no product of matrices.
func fusingQuantizedConvolutions(_ graph: Graph) -> Graph {
    var result = graph
    let values = QuantizedValues(graph)
    var removed = Set<Int>()
    for (index, node) in graph.nodes.enumerated() where node.isConvolution {
        guard let output = node.outputs.first, let target = values.target(of: output),
            let fused = quantized(node, target.scale, values)
        else { continue }
        // The node takes the place of the quantization, where all that it reads is known.
        result.nodes[target.node] = fused
        result.nodes[target.node].outputs = graph.nodes[target.node].outputs
        removed.insert(index)
    }
    return result.removing(removed)
}

private func quantized(_ node: Node, _ output: ByteScale, _ values: QuantizedValues) -> Node? {
    guard let image = values.source(of: node.input(0)), let weights = weights(node.input(1), values),
        isDense(node, weights.integers), let scales = values.graph.initializers[weights.scales],
        let bias = bias(node.input(2), values, image: image.scale, weights: scales)
    else { return nil }
    var fused = node
    (fused.operatorType, fused.domain) = ("QuantizedConv", fusedDomain)
    fused.inputs = [image.name, weights.integers, weights.scales, weights.zeros, bias]
    fused.attributes.set(image.scale, "input")
    fused.attributes.set(output, "output")
    if let name = node.input(3) {
        guard let residual = values.source(of: name), residual.scale.type == output.type else { return nil }
        fused.inputs.append(residual.name)
        fused.attributes.set(residual.scale, "residual")
    }
    return fused

    /// Whether the sums are long enough to be worth packing.
    func isDense(_ node: Node, _ weights: String) -> Bool {
        guard let shape = values.graph.initializers[weights]?.shape, shape.rank == 4, shape.count > 0 else {
            return false
        }
        return (try? node.int("group", default: 1)) == 1 || shape[1] >= 4
    }
}

/// Constant weights that are dequantized, by one scale or by one an output channel.
private func weights(
    _ value: String?, _ values: QuantizedValues
) -> (integers: String, scales: String, zeros: String)? {
    guard let value, let producer = values.uses.producer(of: value) else { return nil }
    let node = values.graph.nodes[producer], constants = values.graph.initializers
    guard node.isStandard("DequantizeLinear"), node.inputs.count == 3, let integers = constants[node.inputs[0]],
        let scales = constants[node.inputs[1]], let zeros = constants[node.inputs[2]], integers.dataType.isByte,
        zeros.dataType == integers.dataType, zeros.count == scales.count, scales.dataType == .float32,
        integers.shape.rank > 0, (try? node.int("block_size", default: 0)) == 0
    else { return nil }
    let isPerChannel = scales.count == integers.shape[0] && (try? node.int("axis", default: 1)) == 0
    guard scales.count == 1 || isPerChannel else { return nil }
    return (node.inputs[0], node.inputs[1], node.inputs[2])
}

/// The name of the bias, empty where there is none: constant floats, or 32-bit integers in units of the image's and the
/// weights' scales. `nil` where it is neither.
private func bias(
    _ value: String?, _ values: QuantizedValues, image: ByteScale, weights: NDArray
) -> String? {
    guard let value else { return "" }
    if let array = values.graph.initializers[value] { return array.dataType == .float32 ? value : nil }
    guard let producer = values.uses.producer(of: value) else { return nil }
    let node = values.graph.nodes[producer], constants = values.graph.initializers
    guard node.isStandard("DequantizeLinear"), node.inputs.count >= 2, let integers = constants[node.inputs[0]],
        integers.dataType == .int32, integers.shape.rank == 1, let scales = constants[node.inputs[1]],
        scales.dataType == .float32, scales.count == 1 || scales.count == integers.count,
        weights.count == 1 || weights.count == integers.count
    else { return nil }
    let own = scales.elements(of: Float.self), others = weights.elements(of: Float.self)
    let fits = (0..<integers.count).allSatisfy { channel in
        let product = image.scale * others[others.count == 1 ? 0 : channel]
        return (own[own.count == 1 ? 0 : channel] - product).magnitude <= 1e-5 * product
    }
    return fits ? node.inputs[0] : nil
}
