import ApusCore
import CApusKernels

/// A kernel's parameters without addresses.
struct UncheckedPooling: @unchecked Sendable {
    let call: apus_pooling
}

extension ExecutionContext {
    /// Pools an image, or a line as an image of one row; `adjust` says how windows are summed up.
    func pool(
        _ value: Value, _ window: Window, _ adjust: (inout apus_pooling) -> Void
    ) throws(OperatorError) -> Value {
        try value.require(.float32)
        if value.rank == 3 {
            let image = try rowMajor(value).reshaped(to: [value.shape[0], value.shape[1], 1, value.shape[2]])
            let y = try rowMajor(try pool(image, window, adjust))
            try expect(y.shape[2] == 1, "a window over one dimension", found: "\(y.shape)")
            return y.reshaped(to: [y.shape[0], y.shape[1], y.shape[3]])
        }
        let x = try channelsLast(value)
        let placement = try window.place(on: x.shape, kernel: window.kernel ?? [1, 1])
        let y = try makeImage([x.shape[0], x.shape[1], placement.rows.count, placement.columns.count])
        guard y.count > 0 else { return y }
        var pooling = placement.pooling(x, y)
        adjust(&pooling)
        (pooling.input, pooling.output) = (nil, nil)
        let given = UncheckedPooling(call: pooling)
        call([x.base, y.base]) { [cpu] operands, pool in
            var call = given.call
            (call.input, call.output) = (UnsafePointer(operands.floats(0)), operands.floats(1))
            apus_pool_image(cpu, pool, &call)
        }
        return y
    }

    /// Whether `pool` has a kernel for `value`.
    func hasPoolingKernel(for value: Value) -> Bool {
        value.dataType == .float32 && (value.rank == 3 || value.rank == 4)
    }

    /// The windows of `window` on `value`, which must be row-major, and the shape of what they are summed up to.
    func windows(on value: Value, _ window: Window) throws(OperatorError) -> (walk: WindowWalk, shape: Shape) {
        try expect(value.rank >= 3, "at least 3 dimensions [N, C, …]", found: "\(value.shape)")
        let axes = try window.axes(on: value.shape.dimensions[2...], kernel: window.kernel ?? [])
        let walk = WindowWalk(planes: value.shape[0] * value.shape[1], axes: axes)
        return (walk, Shape(value.shape.dimensions[..<2] + axes.map(\.count)))
    }
}
