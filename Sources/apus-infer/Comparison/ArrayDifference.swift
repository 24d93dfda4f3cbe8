import ApusCore

/// How far two arrays are apart.
struct ArrayDifference {
    /// The largest `|a − b|`; infinite where shapes or types differ, or a value is NaN in one of them alone.
    private(set) var absolute = 0.0
    /// The largest `|a − b| / max(1, |a|)`, which tolerances bound.
    private(set) var relative = 0.0

    init(_ first: NDArray, _ second: NDArray) {
        guard first.shape == second.shape, first.dataType == second.dataType else {
            makeInfinite()
            return
        }
        guard let a = first.doubles, let b = second.doubles else {
            if first != second { makeInfinite() }
            return
        }
        for (a, b) in zip(a, b) where a != b && !(a.isNaN && b.isNaN) { add(a, b) }
    }

    private mutating func add(_ a: Double, _ b: Double) {
        let difference = abs(a - b)
        let share = difference / max(1, abs(a))
        absolute = max(absolute, difference.isNaN ? .infinity : difference)
        relative = max(relative, share.isNaN ? .infinity : share)
    }

    /// Of two values of any kind; those that are no tensors are equal or not.
    init(_ first: ModelValue, _ second: ModelValue) {
        if case .tensor(let a) = first, case .tensor(let b) = second {
            self.init(a, b)
        } else {
            self.init(infinite: first != second)
        }
    }

    private init(infinite: Bool) { if infinite { makeInfinite() } }

    private mutating func makeInfinite() { (absolute, relative) = (.infinity, .infinity) }
}
