import Glibc

/// Numbers from `low` to `high`, seen as coordinates from 0 to 1 in which a search moves evenly.
///
/// A number of a grid is a cell of coordinates; the cells of all its numbers fill 0…1.
public struct NumericDomain: Equatable, Sendable {
    public let low: Double
    public let high: Double
    public let step: Double?
    public let isLog: Bool

    public init(low: Double, high: Double, step: Double? = nil, isLog: Bool = false) {
        self.low = low
        (self.step, self.isLog) = (step, isLog)
        self.high =
            step.map { step in
                let last = low + ((high - low) / step + 1e-9).rounded(.down) * step
                return rounded(last, digits: 11, of: max(abs(low), abs(high)))
            } ?? high
    }

    /// How many numbers there are; `nil` for a continuum.
    var count: Double? { step.map { ((high - low) / $0).rounded() + 1 } }

    /// The number at a coordinate: of a continuum one with about seven digits, which people can read.
    func value(at coordinate: Double) -> Double {
        let (first, last) = (transformed(edges.lowerBound), transformed(edges.upperBound))
        let place = first + (last - first) * coordinate
        let value = isLog ? exp(place) : place
        guard let step, let count else { return clamped(rounded(value, digits: 6, of: min(abs(value), high - low))) }
        let index = min(max(((value - low) / step).rounded(), 0), count - 1)
        return clamped(rounded(low + index * step, digits: 11, of: max(abs(low), abs(high))))
    }

    /// The coordinates that mean `value`: one for a continuum.
    func cell(of value: Double) -> ClosedRange<Double> {
        let half = (step ?? 0) / 2
        let (lower, upper) = (coordinate(of: value - half), coordinate(of: value + half))
        return lower...max(lower, upper)
    }

    private func coordinate(of value: Double) -> Double {
        let (first, last) = (transformed(edges.lowerBound), transformed(edges.upperBound))
        let inside = min(max(value, edges.lowerBound), edges.upperBound)
        return min(max((transformed(inside) - first) / (last - first), 0), 1)
    }

    private var edges: ClosedRange<Double> {
        let half = (step ?? 0) / 2
        return (low - half)...(high + half)
    }

    private func transformed(_ value: Double) -> Double { isLog ? Glibc.log(value) : value }

    private func clamped(_ value: Double) -> Double { min(max(value, low), high) }
}

/// `value` to so many digits after the first one of `magnitude`.
private func rounded(_ value: Double, digits: Int, of magnitude: Double) -> Double {
    guard magnitude > 0, magnitude.isFinite else { return value }
    let places = Double(digits) - floor(log10(magnitude))
    guard abs(places) <= 22 else { return value }
    let scale = pow(10, abs(places))
    let result = places >= 0 ? (value * scale).rounded() / scale : (value / scale).rounded() * scale
    return result.isFinite ? result : value
}
