import ApusCore
import Glibc

/// What becomes of the elements along the reduced axes.
enum Reduction: Sendable {
    case mean, sum, maximum, minimum, product, sumOfSquares, l1, l2, logOfSum, logOfSumOfExponentials

    /// The reduction of `values`, none of which is there where an axis is empty.
    func callAsFunction(_ values: some Collection<Double>) -> Double {
        switch self {
        case .sum: values.reduce(0, +)
        case .mean: values.reduce(0, +) / Double(values.count)
        case .product: values.reduce(1, *)
        case .maximum: values.reduce(-.infinity) { $0.isNaN || $0 > $1 ? $0 : $1 }
        case .minimum: values.reduce(.infinity) { $0.isNaN || $0 < $1 ? $0 : $1 }
        case .sumOfSquares: values.reduce(0) { $0 + $1 * $1 }
        case .l1: values.reduce(0) { $0 + abs($1) }
        case .l2: sqrt(values.reduce(0) { $0 + $1 * $1 })
        case .logOfSum: log(values.reduce(0, +))
        case .logOfSumOfExponentials: Self.stableLogarithm(values)
        }
    }

    private static func stableLogarithm(_ values: some Collection<Double>) -> Double {
        let top = Reduction.maximum(values)
        guard top.isFinite else { return top }
        return top + log(values.reduce(0) { $0 + exp($1 - top) })
    }

    /// Integers, where the result is one.
    func callAsFunction(_ values: some Collection<Int64>) -> Int64? {
        switch self {
        case .sum: values.reduce(0, &+)
        case .product: values.reduce(1, &*)
        case .maximum: values.max()
        case .minimum: values.min()
        case .sumOfSquares: values.reduce(0) { $0 &+ $1 &* $1 }
        case .l1: values.reduce(0) { $0 &+ abs($1) }
        case .mean: values.isEmpty ? nil : values.reduce(0, &+) / Int64(values.count)
        default: nil
        }
    }
}

extension ExecutionContext {
    /// Reduces `axes` of `value`; `keeps` leaves them in the shape, as 1.
    func reduce(_ value: Value, _ axes: [Int], _ reduction: Reduction, keeps: Bool) throws(OperatorError) -> Value {
        let axes = try value.shape.resolve(axes: axes)
        if reduction == .mean, keeps, value.isChannelsLast, Set(axes) == [2, 3], value.count > 0,
            value.dataType == .float32
        {
            return try globalAverage(value)
        }
        let kept = (0..<value.rank).filter { !axes.contains($0) }
        let moved = try transposed(value, by: kept + axes)
        let rows = kept.reduce(1) { $0 * value.shape[$1] }, count = axes.reduce(1) { $0 * value.shape[$1] }
        var extents = value.shape.dimensions
        for axis in axes { extents[axis] = 1 }
        let shape = keeps ? Shape(extents) : Shape(kept.map { value.shape[$0] })
        let result = try make(shape, value.dataType)
        try fill(result, with: moved, rows: rows, count: count, reduction)
        return result
    }

    private func fill(
        _ result: Value, with x: Value, rows: Int, count: Int, _ reduction: Reduction
    ) throws(OperatorError) {
        guard x.dataType == .float32 else {
            return try fillSlowly(result, with: x, rows: rows, count: count, reduction)
        }
        for row in 0..<rows {
            let line = UnsafeBufferPointer(start: x.floats + row * count, count: count)
            result.floats[row] = Float(reduction(line.lazy.map(Double.init)))
        }
    }

    private func fillSlowly(
        _ result: Value, with x: Value, rows: Int, count: Int, _ reduction: Reduction
    ) throws(OperatorError) {
        if x.dataType.isFloatingPoint {
            let values = try x.doubles(self)
            return try result.fill((0..<rows).map { reduction(values[$0 * count..<($0 + 1) * count]) })
        }
        let values = try x.integers(self)
        var results: [Int64] = []
        for row in 0..<rows {
            guard x.dataType != .uint64, let value = reduction(values[row * count..<(row + 1) * count]) else {
                throw .unsupported("no such reduction of \(x.dataType)")
            }
            results.append(value)
        }
        try result.fill(results)
    }

    /// The axes of `value` in another order, row-major; its own memory where that is the order it has.
    func transposed(_ value: Value, by order: [Int]) throws(OperatorError) -> Value {
        if order == Array(0..<value.rank) { return try rowMajor(value) }
        let shape = Shape(order.map { value.shape[$0] }), strides = value.strides
        let result = try makeTemporary(shape, value.dataType)
        copy(
            value.base, order.map { strides[$0] }, to: result.base, result.strides, extents: shape.dimensions,
            size: value.dataType.size)
        return result
    }
}
