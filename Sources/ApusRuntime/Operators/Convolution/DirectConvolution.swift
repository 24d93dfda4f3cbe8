import ApusCore

/// The definition of a convolution, over any number of spatial axes: for `float64`, which has no kernel.
struct DirectConvolution {
    let window: Window
    let groups: Int

    /// - Parameter inputs: `x` `[N, C, D1, …]`, weights `[out, C / groups, K1, …]`, and perhaps a bias.
    func convolve(_ x: Value, _ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> Value {
        let weights = try inputs.required(1, x.dataType), shape = weights.shape
        try expect(
            weights.count > 0 && weights.rank > 2 && shape[0] % groups == 0,
            "weights of output channels that divide by \(groups) groups", found: "\(shape)")
        try expect(
            x.rank == weights.rank && x.shape[1] == shape[1] * groups,
            "\(weights.rank) dimensions and \(shape[1] * groups) channels", found: "\(x.shape)")
        let axes = try window.axes(on: x.shape.dimensions[2...], kernel: Array(shape.dimensions[2...]))
        let bias = try inputs.optional(2).map { bias throws(OperatorError) in
            try bias.require(x.dataType)
            try expect(bias.count == shape[0], "a bias of \(shape[0]) elements", found: "\(bias.shape)")
            return try context.rowMajor(bias)
        }
        let y = try context.make(Shape([x.shape[0], shape[0]] + axes.map(\.count)), x.dataType)
        let run = Run(
            x: try context.rowMajor(x), weights: try context.rowMajor(weights), bias: bias, y: y, axes: axes,
            groups: groups, context: context)
        try x.dataType.accept(real: run)
        return y
    }
}

private struct Run: RealVisitor {
    let x, weights: Value
    let bias: Value?
    let y: Value
    let axes: [WindowPlacement.Axis]
    let groups: Int
    let context: ExecutionContext

    func visit<Element: Real>(_ type: Element.Type) {
        let places = axes.reduce(1) { $0 * $1.count }
        context.forEachRange(below: y.shape[0] * places, of: 1 + places / 16) { range in
            for index in range { fill(image: index / places, place: index % places, of: places, type) }
        }
    }

    private func fill<Element: Real>(image: Int, place: Int, of places: Int, _ type: Element.Type) {
        let taps = taps(at: place, of: places)
        let volume = axes.reduce(1) { $0 * $1.extent }, kernel = axes.reduce(1) { $0 * $1.kernel }
        let channels = weights.shape[1], out = weights.shape[0]
        for channel in 0..<out {
            var sum = bias.map { $0.pointer(type)[channel] } ?? 0
            let group = channel / (out / groups)
            for part in 0..<channels {
                let source = x.pointer(type) + (image * x.shape[1] + group * channels + part) * volume
                let factors = weights.pointer(type) + (channel * channels + part) * kernel
                for (from, tap) in taps { sum += source[from] * factors[tap] }
            }
            y.pointer(type)[(image * out + channel) * places + place] = sum
        }
    }

    /// What the window at `place` covers: offsets into a plane of the input, and into the kernel.
    private func taps(at place: Int, of places: Int) -> [(from: Int, tap: Int)] {
        var result = [(from: 0, tap: 0)]
        var rest = place, below = places
        for axis in axes {
            below /= axis.count
            let origin = rest / below * axis.stride - axis.before
            let (first, count) = axis.taps(at: rest / below)
            rest %= below
            result = result.flatMap { outer in
                (0..<count).map { index in
                    let from = first + index * axis.dilation
                    return (outer.from * axis.extent + from, outer.tap * axis.kernel + (from - origin) / axis.dilation)
                }
            }
        }
        return result
    }
}
