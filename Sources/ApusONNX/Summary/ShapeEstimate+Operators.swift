import ApusCore

/// Output shapes of the operators that image networks are made of; `nil` means unknown.
extension ShapeEstimate {
    func outputShapes(of node: Node) throws(GraphError) -> [[Int]]? {
        switch node.operatorType {
        case "Conv": try convolution(node).map { [$0] }
        case "MaxPool", "AveragePool": try pooling(node).map { [$0] }
        case "GlobalAveragePool", "GlobalMaxPool":
            shape(node, 0).map { [$0.prefix(2) + $0.dropFirst(2).map { _ in 1 }] }
        case "Add", "Sub", "Mul", "Div", "Pow", "Max", "Min", "Sum", "Where": elementwise(node).map { [$0] }
        case "Concat": try concatenation(node).map { [$0] }
        case "Split": try split(node)
        case "Slice": slice(node).map { [$0] }
        case "Resize", "Upsample": resized(node).map { [$0] }
        case "Transpose": try transposed(node).map { [$0] }
        case "Flatten": try flattened(node).map { [$0] }
        case "Reshape": reshaped(node).map { [$0] }
        case "MatMul": product(node).map { [$0] }
        case "Gemm": try general(node).map { [$0] }
        case let type where Self.shapePreserving.contains(type): shape(node, 0).map { [$0] }
        default: nil
        }
    }

    private static let shapePreserving: Set = [
        "Relu", "LeakyRelu", "PRelu", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh", "Elu", "Selu", "Softplus", "Mish",
        "Gelu", "Clip", "Exp", "Log", "Sqrt", "Erf", "Neg", "Abs", "Softmax", "LogSoftmax", "Identity", "Dropout",
        "BatchNormalization", "InstanceNormalization", "LayerNormalization", "LRN", "Cast",
    ]

    private func convolution(_ node: Node) throws(GraphError) -> [Int]? {
        guard let input = shape(node, 0), let weight = shape(node, 1), input.count == weight.count, input.count > 2
        else { return nil }
        guard let spatial = try windows(node, input, kernel: Array(weight.dropFirst(2))) else { return nil }
        return [input[0], weight[0]] + spatial
    }

    private func pooling(_ node: Node) throws(GraphError) -> [Int]? {
        guard let input = shape(node, 0), input.count > 2 else { return nil }
        let kernel = try node.ints("kernel_shape")
        guard kernel.count == input.count - 2, let spatial = try windows(node, input, kernel: kernel)
        else { return nil }
        return input.prefix(2) + spatial
    }

    /// How many windows fit along each spatial axis.
    private func windows(_ node: Node, _ input: [Int], kernel: [Int]) throws(GraphError) -> [Int]? {
        let axes = kernel.count
        let strides = try node.ints("strides", default: Array(repeating: 1, count: axes))
        let dilations = try node.ints("dilations", default: Array(repeating: 1, count: axes))
        let pads = try node.ints("pads", default: Array(repeating: 0, count: 2 * axes))
        let isSame = try node.string("auto_pad", default: "NOTSET").hasPrefix("SAME")
        let roundsUp = try node.flag("ceil_mode", default: false)
        let limit = 1 << 30
        guard strides.count == axes, dilations.count == axes, pads.count == 2 * axes,
            (strides + dilations + kernel).allSatisfy({ (1..<limit).contains($0) }),
            (pads + input).allSatisfy({ (0..<limit).contains($0) })
        else { return nil }
        return (0..<axes).map { axis in
            let extent = input[axis + 2]
            if isSame { return (extent + strides[axis] - 1) / strides[axis] }
            let span = extent + pads[axis] + pads[axis + axes] - dilations[axis] * (kernel[axis] - 1) - 1
            return max(span + (roundsUp ? strides[axis] - 1 : 0), 0) / strides[axis] + 1
        }
    }

    private func elementwise(_ node: Node) -> [Int]? {
        let shapes = node.inputs.indices.map { shape(node, $0) }
        guard !shapes.contains(nil), let first = shapes.first ?? nil else { return nil }
        return shapes.compactMap { $0 }.reduce(Shape(first) as Shape?) { $0?.broadcast(with: Shape($1)) }?.dimensions
    }

    private func concatenation(_ node: Node) throws(GraphError) -> [Int]? {
        let shapes = node.inputs.indices.compactMap { shape(node, $0) }
        guard shapes.count == node.inputs.count, var result = shapes.first,
            let axis = normalized(try node.int("axis"), result.count),
            shapes.allSatisfy({ $0.count == result.count })
        else { return nil }
        result[axis] = shapes.reduce(0) { $0 &+ $1[axis] }
        return result
    }

    private func split(_ node: Node) throws(GraphError) -> [[Int]]? {
        guard let input = shape(node, 0), let axis = normalized(try node.int("axis", default: 0), input.count),
            !node.outputs.isEmpty
        else { return nil }
        let even = Array(repeating: input[axis] / node.outputs.count, count: node.outputs.count)
        let declared = try node.ints("split", default: even)
        let sizes = integers(node, 1) ?? declared
        return sizes.map { size in
            var shape = input
            shape[axis] = size
            return shape
        }
    }

    /// `Slice` since opset 10: starts, ends, axes and steps are inputs.
    private func slice(_ node: Node) -> [Int]? {
        guard var result = shape(node, 0), let starts = integers(node, 1), let ends = integers(node, 2)
        else { return nil }
        let axes = integers(node, 3) ?? Array(starts.indices)
        let steps = integers(node, 4) ?? starts.map { _ in 1 }
        guard ends.count == starts.count, axes.count == starts.count, steps.count == starts.count else { return nil }
        for index in starts.indices {
            guard let axis = normalized(axes[index], result.count), steps[index] > 0 else { return nil }
            let extent = result[axis]
            let start = min(max(starts[index] < 0 ? starts[index] &+ extent : starts[index], 0), extent)
            let end = min(max(ends[index] < 0 ? ends[index] &+ extent : ends[index], 0), extent)
            let span = max(end - start, 0)
            result[axis] = span / steps[index] + (span % steps[index] > 0 ? 1 : 0)
        }
        return result
    }

    private func resized(_ node: Node) -> [Int]? {
        guard let input = shape(node, 0) else { return nil }
        if let sizes = integers(node, 3), sizes.count == input.count { return sizes }
        let scales = floats(node, node.operatorType == "Resize" ? 2 : 1) ?? []
        guard scales.count == input.count else { return nil }
        let extents = zip(input, scales).map { Int(exactly: (Float($0) * $1).rounded(.down)) }
        return extents.contains(nil) ? nil : extents.compactMap { $0 }
    }

    private func transposed(_ node: Node) throws(GraphError) -> [Int]? {
        guard let input = shape(node, 0) else { return nil }
        let order = try node.ints("perm", default: input.indices.reversed())
        guard order.sorted() == Array(input.indices) else { return nil }
        return order.map { input[$0] }
    }

    private func flattened(_ node: Node) throws(GraphError) -> [Int]? {
        guard let input = shape(node, 0) else { return nil }
        let axis = try node.int("axis", default: 1)
        guard (0...input.count).contains(axis), let outer = Shape(Array(input[..<axis])).checkedCount,
            let inner = Shape(Array(input[axis...])).checkedCount
        else { return nil }
        return [outer, inner]
    }

    /// A zero keeps an extent, and −1 takes what is left.
    private func reshaped(_ node: Node) -> [Int]? {
        guard let input = shape(node, 0), let total = Shape(input).checkedCount, var target = integers(node, 1),
            target.allSatisfy({ $0 >= -1 }), target.count(where: { $0 == -1 }) <= 1
        else { return nil }
        for axis in target.indices where target[axis] == 0 {
            guard axis < input.count else { return nil }
            target[axis] = input[axis]
        }
        guard let open = target.firstIndex(of: -1) else { return target }
        guard let known = Shape(target.filter { $0 != -1 }).checkedCount, known > 0 else { return nil }
        target[open] = total / known
        return target
    }

    private func product(_ node: Node) -> [Int]? {
        guard let a = shape(node, 0), let b = shape(node, 1), a.count > 1, b.count > 1,
            let batch = Shape(Array(a.dropLast(2))).broadcast(with: Shape(Array(b.dropLast(2))))
        else { return nil }
        return batch.dimensions + [a[a.count - 2], b[b.count - 1]]
    }

    private func general(_ node: Node) throws(GraphError) -> [Int]? {
        guard let a = shape(node, 0), let b = shape(node, 1), a.count == 2, b.count == 2 else { return nil }
        return [a[try node.flag("transA", default: false) ? 1 : 0], b[try node.flag("transB", default: false) ? 0 : 1]]
    }

    private func normalized(_ axis: Int, _ rank: Int) -> Int? {
        let axis = axis < 0 ? axis &+ rank : axis
        return (0..<rank).contains(axis) ? axis : nil
    }
}
