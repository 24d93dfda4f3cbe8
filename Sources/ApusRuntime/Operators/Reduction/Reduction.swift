import ApusCore
import Glibc

/// What becomes of the elements along the reduced axes.
enum Reduction: Sendable {
    case mean, sum, maximum, minimum, product, sumOfSquares, l1, l2, logOfSum, logOfSumOfExponentials

    /// The reduction of a line, which may be empty.
    func callAsFunction<Element: Number>(_ line: UnsafeBufferPointer<Element>) -> Element {
        switch self {
        case .sum: Element(total: total(line) { $0 })
        case .mean: Element(total: .quotient(total(line) { $0 }, Element.Total(wide: Double(line.count))))
        case .product: Element(total: line.reduce(.unit) { .product($0, $1.total) })
        case .maximum: line.reduce(.lowest) { .larger($0, $1) }
        case .minimum: line.reduce(.highest) { .smaller($0, $1) }
        case .sumOfSquares: Element(total: total(line) { .product($0, $0) })
        case .l1: Element(total: total(line) { $0.magnitudeOrSelf })
        case .l2: Element(wide: sqrt(line.reduce(0) { $0 + $1.wide * $1.wide }))
        case .logOfSum: Element(wide: log(line.reduce(0) { $0 + $1.wide }))
        case .logOfSumOfExponentials: Element(wide: Self.stableLogarithm(line))
        }
    }

    @inline(__always)
    private func total<Element: Number>(
        _ line: UnsafeBufferPointer<Element>, _ term: (Element.Total) -> Element.Total
    ) -> Element.Total {
        line.reduce(.nought) { .sum($0, term($1.total)) }
    }

    /// The largest is taken out of the sum, so that no exponential overflows.
    private static func stableLogarithm<Element: Number>(_ line: UnsafeBufferPointer<Element>) -> Double {
        let top = line.reduce(-.infinity) { Double.larger($0, $1.wide) }
        guard top.isFinite else { return top }
        return top + log(line.reduce(0) { $0 + exp($1.wide - top) })
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
        var extents = value.shape.dimensions
        for axis in axes { extents[axis] = 1 }
        let result = try make(keeps ? Shape(extents) : Shape(kept.map { value.shape[$0] }), value.dataType)
        let count = try Shape(axes.map { value.shape[$0] }).requireCount()
        try check(value, reduction, count: count, isEmpty: result.count == 0)
        let lines = try transposed(value, by: kept + axes).withBytesForBooleans
        try lines.dataType.accept(
            LineReduction(reduction: reduction, x: lines, result: result, count: count, context: self))
        return result
    }

    /// Refuses what has no result: sums of truth values, the mean of no integers.
    private func check(
        _ value: Value, _ reduction: Reduction, count: Int, isEmpty: Bool
    ) throws(OperatorError) {
        if value.dataType == .bool {
            let isChoice = reduction == .maximum || reduction == .minimum
            try expect(isChoice && count > 0 || isEmpty, "numbers", found: "\(value.shape) of bool")
        }
        if reduction == .mean, count == 0, !isEmpty {
            try expect(value.dataType.isFloatingPoint, "something to take the mean of", found: "\(value.shape)")
        }
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

/// Each line of `count` elements of `x` becomes one of `result`.
private struct LineReduction: NumberVisitor {
    let reduction: Reduction
    let x, result: Value
    let count: Int
    let context: ExecutionContext

    func visit<Element: Number>(_ type: Element.Type) throws(OperatorError) {
        let source = x.pointer(type), target = result.pointer(type)
        context.forEachRange(below: result.count, of: (1 << 14) / max(1, count)) { rows in
            for row in rows { target[row] = reduction(UnsafeBufferPointer(start: source + row * count, count: count)) }
        }
    }
}
