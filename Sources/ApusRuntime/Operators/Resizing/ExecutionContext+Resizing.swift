import ApusCore
import CApusKernels

extension ExecutionContext {
    /// Resizes an array: images by the kernels where they can, else axis by axis.
    ///
    /// - Parameter axes: one for each dimension of `value`.
    func resize(_ value: Value, _ axes: [ResizeAxis], _ method: ResizeMethod) throws(OperatorError) -> Value {
        try expect(
            axes.allSatisfy { (0..<1 << 31).contains($0.count) }, "extents that fit in memory",
            found: "\(axes.map(\.count))")
        try expect(
            value.count > 0 && axes.allSatisfy { $0.extent < 1 << 31 }, "at least one element", found: "\(value.shape)")
        if hasResizeKernel(for: value, axes, method) { return try resizeImage(value, axes, method) }
        recording?.refuse()
        let moved = axes.indices.filter { !axes[$0].isIdentity }
        // First where most is lost.
        let order = moved.sorted { axes[$0].scale < axes[$1].scale }
        let x = value.isDense ? value : try rowMajor(value)
        let y =
            method.interpolation == .nearest
            ? try resizeByIndex(x, axes, order, method) : try resizeByFilter(x, axes, order, method)
        if method.coordinates == .crop { try extrapolate(y, axes, moved, method.extrapolation) }
        return y
    }

    private func hasResizeKernel(for value: Value, _ axes: [ResizeAxis], _ method: ResizeMethod) -> Bool {
        value.rank == 4 && value.dataType == .float32 && axes[0].isIdentity && axes[1].isIdentity
            && method.interpolation != .cubic && !method.antialiases && method.coordinates != .crop
    }

    private func resizeImage(
        _ value: Value, _ axes: [ResizeAxis], _ method: ResizeMethod
    ) throws(OperatorError) -> Value {
        let x = try channelsLast(value), y = try makeImage(Shape(axes.map(\.count)))
        guard y.count > 0 else { return y }
        let rows = ResizeTable(axes[2], method), columns = ResizeTable(axes[3], method)
        let (from, to, strides) = (x.shape, y.shape, (x.pixelStride, y.pixelStride))
        let isLinear = method.interpolation == .linear
        call([x.base, y.base]) { operands, pool in
            rows.withPointers { rowIndices, rowSteps, rowWeights in
                columns.withPointers { columnIndices, columnSteps, columnWeights in
                    var call = apus_resizing(
                        batch: to[0], channels: to[1], in_height: from[2], in_width: from[3], in_stride: strides.0,
                        out_height: to[2], out_width: to[3], out_stride: strides.1,
                        rows: rowIndices, row_steps: rowSteps, columns: columnIndices, column_steps: columnSteps,
                        row_weights: isLinear ? rowWeights : nil,
                        column_weights: columnWeights, input: operands.floats(0), output: operands.floats(1))
                    apus_resize(pool, &call)
                }
            }
        }
        return y
    }

    // MARK: Axis by axis

    private func resizeByIndex(
        _ value: Value, _ axes: [ResizeAxis], _ order: [Int], _ method: ResizeMethod
    ) throws(OperatorError) -> Value {
        var x = value
        for axis in order {
            let y = try make(x.shape.replacing(axis, with: axes[axis].count), like: x)
            let lines = AxisLines(x, axis), size = x.dataType.size * lines.inner
            let indices = (0..<axes[axis].count).map { place in
                method.nearest(to: place, on: axes[axis])
            }
            forEachRange(below: lines.outer, of: max(1, (1 << 16) / max(1, indices.count * size))) { range in
                for outer in range {
                    let source = x.base + outer * lines.extent * size, target = y.base + outer * indices.count * size
                    for (place, index) in indices.enumerated() {
                        (target + place * size).copyMemory(from: source + index * size, byteCount: size)
                    }
                }
            }
            x = y
        }
        return order.isEmpty ? try copied(x) : x
    }

    private func resizeByFilter(
        _ value: Value, _ axes: [ResizeAxis], _ order: [Int], _ method: ResizeMethod
    ) throws(OperatorError) -> Value {
        if order.isEmpty { return try copied(value) }
        if value.dataType == .float32 { return try filter(value, axes, order, method) }
        let dense = try rowMajor(value)
        let wide = try make(dense.shape, .float64, doubles: try dense.anyDoubles(self))
        let y = try filter(wide, axes, order, method)
        if value.dataType == .float64 { return y }
        let result = try make(y.shape, value.dataType)
        try value.dataType.accept(Narrowing(source: y.pointer(Double.self), target: result))
        return result
    }

    private func filter(
        _ value: Value, _ axes: [ResizeAxis], _ order: [Int], _ method: ResizeMethod
    ) throws(OperatorError) -> Value {
        var x = value
        for axis in order {
            let y = try make(x.shape.replacing(axis, with: axes[axis].count), like: x)
            let filter = ResizeFilter(axes[axis], method)
            try x.dataType.accept(real: Filtering(x: x, y: y, axis: axis, filter: filter, context: self))
            x = y
        }
        return x
    }

    private func copied(_ value: Value) throws(OperatorError) -> Value {
        let y = try make(value.shape, like: value)
        copy(value, to: y)
        return y
    }

    /// Fills what lies outside the part that was cropped.
    private func extrapolate(
        _ y: Value, _ axes: [ResizeAxis], _ moved: [Int], _ number: Float
    ) throws(OperatorError) {
        let element = try make([1], .float64, doubles: [Double(number)])
        let fill = try make([1], y.dataType)
        if y.dataType.isFloatingPoint {
            try fill.fill([Double(number)])
        } else {
            try y.dataType.accept(Narrowing(source: element.pointer(Double.self), target: fill))
        }
        for axis in moved {
            for place in 0..<axes[axis].count where axes[axis].isOutside(place) {
                var extents = y.shape.dimensions
                extents[axis] = 1
                copy(
                    fill.base, [Int](repeating: 0, count: y.rank),
                    to: y.base + place * y.strides[axis] * y.dataType.size, y.strides, extents: extents,
                    size: y.dataType.size)
            }
        }
    }
}

/// An array seen as lines along one axis: `[outer][extent][inner]`, in the order in which it lies.
struct AxisLines {
    let outer, extent, inner: Int

    /// - Parameter value: dense.
    init(_ value: Value, _ axis: Int) {
        extent = value.shape[axis]
        inner = value.strides[axis]
        outer = value.count / max(1, extent * inner)
    }
}

private struct Filtering: RealVisitor {
    let x, y: Value
    let axis: Int
    let filter: ResizeFilter
    let context: ExecutionContext

    func visit<Element: Real>(_ type: Element.Type) {
        let lines = AxisLines(x, axis), count = y.shape[axis]
        let weights = filter.weights.map { Element($0) }
        weights.withUnsafeBufferPointer { weights in
            context.forEachRange(below: lines.outer * count, of: max(1, 8192 / max(1, lines.inner))) { range in
                for index in range {
                    let place = index % count, source = index / count * lines.extent + filter.starts[place]
                    sum(
                        x.pointer(type) + source * lines.inner, lines.inner,
                        UnsafeBufferPointer(rebasing: weights[filter.bounds[place]..<filter.bounds[place + 1]]),
                        into: y.pointer(type) + index * lines.inner)
                }
            }
        }
    }

    /// The weighted sum of lines of `count` elements.
    private func sum<Element: Real>(
        _ source: UnsafePointer<Element>, _ count: Int, _ weights: UnsafeBufferPointer<Element>,
        into target: UnsafeMutablePointer<Element>
    ) {
        for i in 0..<count { target[i] = weights[0] * source[i] }
        for tap in 1..<max(1, weights.count) {
            let line = source + tap * count, weight = weights[tap]
            for i in 0..<count { target[i] += weight * line[i] }
        }
    }
}

/// Doubles as integers, towards 0; but what weights of single precision bring within 1/10000 of an integer is one.
private struct Narrowing: NumberVisitor {
    let source: UnsafePointer<Double>
    let target: Value

    func visit<Element: Number>(_ type: Element.Type) {
        for index in 0..<target.count {
            let nearest = source[index].rounded()
            let isNear = (source[index] - nearest).magnitude < 1e-4
            target.pointer(type)[index] = Element(wide: isNear ? nearest : source[index])
        }
    }
}

extension Shape {
    fileprivate func replacing(_ axis: Int, with extent: Int) -> Shape {
        var result = self
        result[axis] = extent
        return result
    }
}
