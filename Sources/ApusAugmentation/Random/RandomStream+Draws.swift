import ApusCore
import Glibc

extension RandomNumberGenerator {
    /// Whether an event of this probability happens; takes one draw in every case.
    mutating func happens(_ probability: Double) -> Bool { Double(uniform()) < probability }

    /// Uniform between the bounds, with 24 bits.
    mutating func uniform(_ low: Double, _ high: Double) -> Double { low + (high - low) * Double(uniform()) }

    /// Uniform in the range, with 24 bits.
    mutating func uniform(_ range: ClosedRange<Double>) -> Double { uniform(range.lowerBound, range.upperBound) }

    /// One of `0..<count`, every one as likely.
    mutating func index(below count: Int) -> Int { Int.random(in: 0..<count, using: &self) }

    /// One of the whole numbers in the range, both bounds among them.
    mutating func integer(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// One of the odd numbers in `range`, or the odd number above it where there is none.
    mutating func oddNumber(in range: ClosedRange<Int>) -> Int {
        let first = range.lowerBound | 1
        return first + 2 * index(below: max((range.upperBound - first) / 2, 0) + 1)
    }
}

extension RandomNumberGenerator {
    /// Gamma-distributed with scale 1 and `shape` ≥ 1.
    ///
    /// Marsaglia & Tsang, *A Simple Method for Generating Gamma Variables*, 2000.
    mutating func gamma(_ shape: Double) -> Double {
        let d = shape - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = normal()
            let v = (1 + c * x) * (1 + c * x) * (1 + c * x)
            guard v > 0 else { continue }
            if log(1 - uniform(0, 1)) < x * x / 2 + d - d * v + d * log(v) { return d * v }
        }
    }

    /// Normally distributed, by Box and Muller's transform.
    mutating func normal() -> Double {
        let radius = (-2 * log(1 - uniform(0, 1))).squareRoot()
        return radius * cos(2 * .pi * uniform(0, 1))
    }

    /// Beta-distributed with both parameters `concentration`.
    mutating func beta(_ concentration: Double) -> Double {
        let (a, b) = (gamma(boosting: concentration), gamma(boosting: concentration))
        return a + b > 0 ? a / (a + b) : 0.5
    }

    /// Gamma-distributed with scale 1 and any `shape` above 0: a shape below 1 is that of one more, times a power.
    private mutating func gamma(boosting shape: Double) -> Double {
        guard shape < 1 else { return gamma(shape) }
        return gamma(shape + 1) * pow(1 - uniform(0, 1), 1 / shape)
    }
}
