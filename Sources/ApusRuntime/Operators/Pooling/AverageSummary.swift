/// The mean of a window's elements; `countsPadding` has the zeros of the padding among them.
struct AverageSummary<Element: Real>: WindowSummary {
    let means: UnsafeMutablePointer<Element>
    let countsPadding: Bool

    var start: Double { 0 }

    @inline(__always)
    func add(_ element: Element, at index: Int, to total: inout Double) { total += Double(element) }

    func store(_ total: Double, taps: Int, paddedTaps: Int, at position: Int) {
        means[position] = Element(total / Double(max(1, countsPadding ? paddedTaps : taps)))
    }
}
