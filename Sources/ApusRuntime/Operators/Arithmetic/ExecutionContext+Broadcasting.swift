import ApusCore
import CApusKernels

extension ExecutionContext {
    /// `a ∘ b` for every pair of elements, under NumPy's broadcasting.
    func combine(_ operation: BinaryOperation, _ a: Value, _ b: Value) throws(OperatorError) -> Value {
        if operation == .power, a.dataType != b.dataType { return try powerOfMixedTypes(a, b) }
        try b.require(a.dataType)
        guard let shape = a.shape.broadcast(with: b.shape) else {
            throw .mismatch(expected: "shapes that broadcast", found: "\(a.shape) and \(b.shape)")
        }
        if a.dataType == .float32, let kernel = operation.kernel {
            if a.isChannelsLast || b.isChannelsLast, let result = try combinePixels(kernel, a, b, shape) {
                return result
            }
            return try combineRows(kernel, try rowMajor(a), try rowMajor(b), shape)
        }
        return try combineSlowly(operation, a, b, shape)
    }

    // MARK: Channels last

    /// How an operand of a channels-last operation is read: pixel by pixel, or the same for every pixel.
    private struct PixelOperand {
        let base: UnsafeMutableRawPointer
        let step, stride: Int
    }

    /// `nil` where the operands do not lie so that pixels can be combined in place.
    private func combinePixels(
        _ kernel: apus_operation, _ a: Value, _ b: Value, _ shape: Shape
    ) throws(OperatorError) -> Value? {
        guard shape.rank == 4, let x = pixels(of: a, in: shape), let y = pixels(of: b, in: shape) else { return nil }
        let result = try makeChannelsLast(shape)
        let count = shape[0] * shape[2] * shape[3]
        let (channels, steps, strides) = (shape[1], (x.step, y.step), (x.stride, y.stride))
        call([x.base, y.base, result.base]) { operands, pool in
            apus_binary(
                pool, kernel, operands.floats(0), steps.0, strides.0, operands.floats(1), steps.1, strides.1,
                operands.floats(2), channels, count, channels)
        }
        return result
    }

    private func pixels(of value: Value, in shape: Shape) -> PixelOperand? {
        if value.count == 1 { return PixelOperand(base: value.base, step: 0, stride: 0) }
        if value.isChannelsLast, value.shape == shape {
            return PixelOperand(base: value.base, step: 1, stride: value.pixelStride)
        }
        guard value.isDense, value.count == shape[1], value.rank >= 3, value.shape[-3] == shape[1] else { return nil }
        return PixelOperand(base: value.base, step: 1, stride: 0)
    }

    // MARK: Row-major

    private func combineRows(
        _ kernel: apus_operation, _ a: Value, _ b: Value, _ shape: Shape
    ) throws(OperatorError) -> Value {
        let result = try make(shape)
        let loop = BroadcastLoop(shape, [a.shape, b.shape])
        loop.forEachPlane { offsets, index in
            let target = result.base + index * loop.rows * loop.count * 4
            call([a.base + offsets[0] * 4, b.base + offsets[1] * 4, target]) { operands, pool in
                apus_binary(
                    pool, kernel, operands.floats(0), loop.steps[0], loop.rowStrides[0], operands.floats(1),
                    loop.steps[1], loop.rowStrides[1], operands.floats(2), loop.count, loop.rows, loop.count)
            }
        }
        return result
    }

    // MARK: Other types

    private func combineSlowly(
        _ operation: BinaryOperation, _ a: Value, _ b: Value, _ shape: Shape
    ) throws(OperatorError) -> Value {
        recording?.refuse()
        let result = try make(shape, a.dataType)
        let loop = BroadcastLoop(shape, [a.shape, b.shape])
        try a.dataType.accept(
            BinaryLoop(operation: operation, a: try rowMajor(a), b: try rowMajor(b), result: result, loop: loop))
        return result
    }

    /// Pow alone takes an exponent of another type.
    private func powerOfMixedTypes(_ a: Value, _ b: Value) throws(OperatorError) -> Value {
        guard let shape = a.shape.broadcast(with: b.shape) else {
            throw .mismatch(expected: "shapes that broadcast", found: "\(a.shape) and \(b.shape)")
        }
        let result = try make(shape, a.dataType)
        try a.dataType.accept(
            MixedPower(
                base: try expand(a, to: shape), exponent: try expand(b, to: shape), result: result, context: self))
        return result
    }

    /// `value` stretched to `shape`, row-major; itself where it has that shape.
    func expand(_ value: Value, to shape: Shape) throws(OperatorError) -> Value {
        guard value.shape != shape else { return try rowMajor(value) }
        let result = try makeTemporary(shape, value.dataType)
        let own = value.strides
        var strides = [Int](repeating: 0, count: shape.rank)
        for axis in 0..<value.rank where value.shape[axis] != 1 { strides[axis + shape.rank - value.rank] = own[axis] }
        copy(value.base, strides, to: result.base, shape.strides, extents: shape.dimensions, size: value.dataType.size)
        return result
    }
}

extension Value {
    /// The elements of any number type as floating-point numbers.
    func anyDoubles(_ context: ExecutionContext) throws(OperatorError) -> [Double] {
        if dataType.isFloatingPoint { return try doubles(context) }
        if dataType == .uint64 { return try integers(context).map { Double(UInt64(bitPattern: $0)) } }
        return try integers(context).map(Double.init)
    }
}

/// A loop over an array's planes: the last axis is a line of `count`, the one before it `rows` lines.
struct BroadcastLoop {
    private(set) var count = 1
    private(set) var rows = 1
    /// For each operand, 1 where it moves along a line and 0 where it stands still.
    private(set) var steps: [Int]
    private(set) var rowStrides: [Int]
    private var outer: [Int] = []
    private var outerStrides: [[Int]] = []

    init(_ shape: Shape, _ operands: [Shape]) {
        var axes: [(extent: Int, strides: [Int])] = []
        for axis in 0..<shape.rank where shape[axis] != 1 {
            let strides = operands.map { $0.broadcastStride(axis: axis, rank: shape.rank) }
            if let last = axes.last, zip(last.strides, strides).allSatisfy({ $0 == $1 * shape[axis] }) {
                axes[axes.count - 1] = (last.extent * shape[axis], strides)
            } else {
                axes.append((shape[axis], strides))
            }
        }
        steps = [Int](repeating: 0, count: operands.count)
        rowStrides = steps
        if let line = axes.popLast() { (count, steps) = line }
        if let row = axes.popLast() { (rows, rowStrides) = row }
        outer = axes.map(\.extent)
        outerStrides = axes.map(\.strides)
    }

    /// Calls `body` with each operand's offset and the plane's number.
    func forEachPlane(_ body: ([Int], Int) -> Void) {
        var position = [Int](repeating: 0, count: outer.count)
        var offsets = [Int](repeating: 0, count: steps.count)
        guard count > 0, rows > 0, !outer.contains(0) else { return }
        for index in 0..<outer.reduce(1, *) {
            body(offsets, index)
            advance(&position, &offsets)
        }
    }

    /// Calls `body` for every element, with each operand's offset and the element's number.
    func forEach(_ body: ([Int], Int) -> Void) {
        forEachPlane { offsets, plane in
            for row in 0..<rows {
                for column in 0..<count {
                    let place = offsets.indices.map { offsets[$0] + row * rowStrides[$0] + column * steps[$0] }
                    body(place, (plane * rows + row) * count + column)
                }
            }
        }
    }

    /// `y[i] = f(a[…], b[…])` for every element. One strided loop, since it is compiled for every type and operation.
    @inline(__always)
    func map<A, B, Y>(
        _ a: UnsafePointer<A>, _ b: UnsafePointer<B>, into y: UnsafeMutablePointer<Y>, _ function: (A, B) -> Y
    ) {
        forEachPlane { offsets, plane in
            for row in 0..<rows {
                let p = a + offsets[0] + row * rowStrides[0], q = b + offsets[1] + row * rowStrides[1]
                let line = y + (plane * rows + row) * count
                for i in 0..<count { line[i] = function(p[i * steps[0]], q[i * steps[1]]) }
            }
        }
    }

    private func advance(_ position: inout [Int], _ offsets: inout [Int]) {
        for axis in outer.indices.reversed() {
            position[axis] += 1
            for operand in offsets.indices { offsets[operand] += outerStrides[axis][operand] }
            guard position[axis] == outer[axis] else { return }
            for operand in offsets.indices { offsets[operand] -= outerStrides[axis][operand] * outer[axis] }
            position[axis] = 0
        }
    }
}

extension Shape {
    /// The stride along `axis` of a broadcast shape of `rank` dimensions: 0 where this shape is stretched.
    fileprivate func broadcastStride(axis: Int, rank: Int) -> Int {
        let own = axis - (rank - self.rank)
        return own < 0 || dimensions[own] == 1 ? 0 : strides[own]
    }
}
