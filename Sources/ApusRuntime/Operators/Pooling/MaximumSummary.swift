/// The largest element of a window, or NaN where there is one; and where the first such is.
struct MaximumSummary<Element: Number>: WindowSummary {
    let maxima: UnsafeMutablePointer<Element>
    /// `nil` where nobody asks where the maxima are.
    let indices: UnsafeMutablePointer<Int64>?

    typealias Total = (best: Element, index: Int)

    var start: Total { (.lowest, -1) }

    @inline(__always)
    func add(_ element: Element, at index: Int, to total: inout Total) {
        if element > total.best || element != element || total.index < 0 { total = (element, index) }
    }

    func store(_ total: Total, taps: Int, paddedTaps: Int, at position: Int) {
        maxima[position] = total.best
        indices?[position] = Int64(total.index)
    }
}
