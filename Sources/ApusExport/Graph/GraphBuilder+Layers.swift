import ApusCore
import ApusNN
import ApusONNX

/// The layers that vision networks are made of, as ONNX nodes.
extension GraphBuilder {
    /// A convolution, padded alike on both sides.
    mutating func convolution(
        _ x: GraphValue, weight: NDArray, bias: NDArray?, stride: (Int, Int), padding: (Int, Int),
        dilation: (Int, Int) = (1, 1), groups: Int = 1
    ) -> GraphValue {
        let inputs = [x, constant(weight, name: "weight"), bias.map { constant($0, name: "bias") }].compactMap { $0 }
        return node(
            "Conv", inputs,
            attributes: [
                "kernel_shape": [weight.shape[2], weight.shape[3]], "strides": [stride.0, stride.1],
                "pads": [padding.0, padding.1, padding.0, padding.1], "dilations": [dilation.0, dilation.1],
                "group": .int(groups),
            ])
    }

    /// `x · sigmoid(x)`.
    mutating func silu(_ x: GraphValue, output: String? = nil) -> GraphValue {
        let gate = node("Sigmoid", [x])
        return node("Mul", [x, gate], output: output)
    }

    mutating func activated(_ x: GraphValue, _ activation: Activation) -> GraphValue {
        switch activation {
        case .none: x
        case .relu: node("Relu", [x])
        case .relu6: clipped(x, to: 0...6)
        case .silu: silu(x)
        case .hardSwish: node("HardSwish", [x])
        case .sigmoid: node("Sigmoid", [x])
        case .hardSigmoid: node("HardSigmoid", [x], attributes: ["alpha": .float(1 / 6), "beta": 0.5])
        }
    }

    private mutating func clipped(_ x: GraphValue, to range: ClosedRange<Float>) -> GraphValue {
        let lower = constant(NDArray(scalar: range.lowerBound), name: "minimum")
        let upper = constant(NDArray(scalar: range.upperBound), name: "maximum")
        return node("Clip", [x, lower, upper])
    }

    /// Means over height and width: `[N, C, H, W]` to `[N, C]`.
    mutating func meanPool(_ x: GraphValue) -> GraphValue {
        node("Flatten", [node("GlobalAveragePool", [x])], attributes: ["axis": 1])
    }

    mutating func maxPool(_ x: GraphValue, kernelSize: Int, stride: Int, padding: Int) -> GraphValue {
        node(
            "MaxPool", [x],
            attributes: [
                "kernel_shape": [kernelSize, kernelSize], "strides": [stride, stride],
                "pads": [padding, padding, padding, padding],
            ])
    }

    /// Repeats each pixel `factor` times along both axes.
    mutating func upsampledNearest(_ x: GraphValue, factor: Int) -> GraphValue {
        let scales = constant(NDArray([1, 1, Float(factor), Float(factor)]), name: "scales")
        return node(
            "Resize", [x, nil, scales],
            attributes: ["mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"])
    }

    mutating func concatenated(_ values: [GraphValue], axis: Int) -> GraphValue {
        node("Concat", values, attributes: ["axis": .int(axis)])
    }

    /// Consecutive parts along an axis. Their sizes are written down, since some readers do not infer them.
    mutating func split(_ x: GraphValue, sizes: [Int], axis: Int) -> [GraphValue] {
        node(
            "Split", [x, integers(sizes, name: "sizes")], attributes: ["axis": .int(axis)], outputCount: sizes.count)
    }

    /// A zero keeps an extent, and −1 takes what is left.
    mutating func reshaped(_ x: GraphValue, to shape: [Int]) -> GraphValue {
        node("Reshape", [x, integers(shape, name: "shape")])
    }

    mutating func integers(_ values: [Int], name: String) -> GraphValue {
        constant(NDArray(values.map { Int64($0) }), name: name)
    }
}
