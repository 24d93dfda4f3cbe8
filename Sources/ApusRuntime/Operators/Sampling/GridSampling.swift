import ApusCore
import ApusONNX

/// An image or a volume read at the places that a grid names. <https://onnx.ai/onnx/operators/onnx__GridSample.html>
///
/// - Inputs: `[N, C, D1, …]` and a grid `[N, E1, …, axes]` of coordinates from −1 to 1, innermost axis first
/// - Output: `[N, C, E1, …]`
struct GridSampling: Operator {
    static let type = OperatorType("GridSample", since: 16)
    private let method: SamplingMethod

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...2)
        let name = try node.string("padding_mode", default: "zeros")
        guard let padding = SamplingMethod.Padding(rawValue: name) else {
            throw .attributeValue(
                "padding_mode", expected: "zeros, border or reflection", found: name, node: node.label)
        }
        method = SamplingMethod(
            interpolation: try Self.interpolation(node), padding: padding,
            alignsCorners: try node.flag("align_corners", default: false))
    }

    private static func interpolation(_ node: Node) throws(GraphError) -> SamplingMethod.Interpolation {
        switch try node.string("mode", default: "linear") {
        case "linear", "bilinear": return .linear
        case "cubic", "bicubic": return .cubic
        case "nearest": return .nearest
        case let other:
            throw .attributeValue("mode", expected: "linear, cubic or nearest", found: other, node: node.label)
        }
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0), grid = try inputs.required(1)
        try x.requireReal()
        try grid.requireReal()
        let axes = x.rank - 2
        try expect(axes > 0 && x.count > 0, "an image [N, C, …] of at least one pixel", found: "\(x.shape)")
        try expect(
            grid.rank == x.rank && grid.shape[0] == x.shape[0] && grid.shape[-1] == axes,
            "a grid [\(x.shape[0]), …, \(axes)]", found: "\(grid.shape)")
        let shape = Shape([x.shape[0], x.shape[1]] + grid.shape.dimensions[1...axes])
        let y = x.isChannelsLast ? try context.makeChannelsLast(shape, x.dataType) : try context.make(shape, x.dataType)
        let coordinates = try context.rowMajor(grid)
        let images = x.isChannelsLast ? x : try context.rowMajor(x)
        let run = Run(method: method, x: images, grid: coordinates, y: y, context: context)
        try x.dataType.accept(real: run)
        return [y]
    }
}

private struct Run: RealVisitor {
    let method: SamplingMethod
    let x, grid, y: Value
    let context: ExecutionContext

    func visit<Element: Real>(_ type: Element.Type) {
        let axes = x.shape.dimensions[2...].map { SamplingAxis<Element>(extent: $0, method: method) }
        let places = grid.shape.dimensions[1...axes.count].reduce(1, *)
        let from = x.strides, to = y.strides
        context.forEachRange(below: grid.shape[0] * places, of: 256) { range in
            var taps = SamplingTaps<Element>()
            for place in range {
                taps.find(axes, strides: from[2...], coordinates: coordinates(at: place, axes.count, type))
                let image = place / places
                read(
                    taps, x.pointer(type) + image * from[0], step: from[1],
                    into: y.pointer(type) + image * to[0] + place % places * to[to.count - 1], step: to[1])
            }
        }
    }

    /// Outermost axis first.
    private func coordinates<Element: Real>(at place: Int, _ count: Int, _ type: Element.Type) -> [Element] {
        let indices = (place * count..<(place + 1) * count).reversed()
        if grid.dataType == .float32 { return indices.map { Element(grid.floats[$0]) } }
        return indices.map { Element(grid.pointer(Double.self)[$0]) }
    }

    /// Sets every channel of one place of the output; channels are `step` and `outStep` elements apart.
    private func read<Element: Real>(
        _ taps: SamplingTaps<Element>, _ source: UnsafePointer<Element>, step: Int,
        into target: UnsafeMutablePointer<Element>, step outStep: Int
    ) {
        taps.withPointers { offsets, weights, count in
            for channel in 0..<x.shape[1] {
                var sum: Element = 0
                for tap in 0..<count { sum += weights[tap] * source[channel * step + offsets[tap]] }
                target[channel * outStep] = sum
            }
        }
    }
}

/// The pixels that count at one place of a grid, and how much.
struct SamplingTaps<Element: Real> {
    private var offsets: [Int] = []
    private var weights: [Element] = []
    private var next: (offsets: [Int], weights: [Element]) = ([], [])

    /// - Parameters:
    ///   - strides: from pixel to pixel along each axis.
    ///   - coordinates: one for each of `axes`.
    mutating func find(_ axes: [SamplingAxis<Element>], strides: ArraySlice<Int>, coordinates: [Element]) {
        (offsets, weights) = ([0], [1])
        for (axis, (stride, coordinate)) in zip(axes, zip(strides, coordinates)) {
            next.offsets.removeAll(keepingCapacity: true)
            next.weights.removeAll(keepingCapacity: true)
            axis.forEachTap(at: coordinate) { index, weight in
                for (offset, factor) in zip(offsets, weights) {
                    next.offsets.append(offset + index * stride)
                    next.weights.append(factor * weight)
                }
            }
            swap(&offsets, &next.offsets)
            swap(&weights, &next.weights)
        }
    }

    func withPointers(_ body: (UnsafePointer<Int>, UnsafePointer<Element>, Int) -> Void) {
        offsets.withUnsafeBufferPointer { offsets in
            weights.withUnsafeBufferPointer { weights in
                guard let first = offsets.baseAddress, let factors = weights.baseAddress else { return }
                body(first, factors, offsets.count)
            }
        }
    }
}
