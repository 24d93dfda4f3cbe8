import Glibc

/// The p-norm of a window's elements: `(Σ |x|ᵖ)^(1/p)`.
struct NormSummary<Element: Real>: WindowSummary {
    let norms: UnsafeMutablePointer<Element>
    let norm: PowerNorm

    var start: Double { 0 }

    @inline(__always)
    func add(_ element: Element, at index: Int, to total: inout Double) { total += norm.power(of: Double(element)) }

    func store(_ total: Double, taps: Int, paddedTaps: Int, at position: Int) {
        norms[position] = Element(norm.root(of: total))
    }
}

/// Powers and roots of a norm of whole order.
struct PowerNorm: Sendable {
    let order: Int

    @inline(__always)
    func power(of x: Double) -> Double {
        switch order {
        case 1: x.magnitude
        case 2: x * x
        default: pow(x.magnitude, Double(order))
        }
    }

    func root(of total: Double) -> Double {
        switch order {
        case 1: total
        case 2: total.squareRoot()
        default: pow(total, 1 / Double(order))
        }
    }
}
