import ApusCore

/// What is kept of the elements in a window, and what becomes of it: the rule of a pooling.
protocol WindowSummary {
    associatedtype Element: ArrayElement
    associatedtype Total

    var start: Total { get }
    /// - Parameter index: the element's place in the whole input.
    func add(_ element: Element, at index: Int, to total: inout Total)
    /// - Parameters:
    ///   - taps: the elements that were added.
    ///   - paddedTaps: these and those in the declared padding.
    ///   - position: the window's place in the whole output.
    func store(_ total: Total, taps: Int, paddedTaps: Int, at position: Int)
}

/// Windows on the spatial axes of a row-major `[N, C, D1, D2, …]`, visited by rows of the output.
struct WindowWalk {
    let planes: Int
    let axes: [WindowPlacement.Axis]

    private var leading: ArraySlice<WindowPlacement.Axis> { axes.dropLast() }
    private var last: WindowPlacement.Axis { axes[axes.count - 1] }

    func run<Summary: WindowSummary>(
        _ x: UnsafePointer<Summary.Element>, _ summary: Summary, _ context: ExecutionContext
    ) {
        let rowsOfPlane = leading.reduce(1) { $0 * $1.count }
        let work = axes.reduce(last.count) { $0 * min($1.kernel, $1.extent) }
        context.forEachRange(below: planes * rowsOfPlane, of: 16384 / max(1, work)) { rows in
            for row in rows { run(row: row, of: rowsOfPlane, x, summary) }
        }
    }

    private func run<Summary: WindowSummary>(
        row: Int, of rowsOfPlane: Int, _ x: UnsafePointer<Summary.Element>, _ summary: Summary
    ) {
        let (lines, paddedLines) = inputLines(ofRow: row % rowsOfPlane, plane: row / rowsOfPlane)
        let axis = last
        for position in 0..<axis.count {
            let (first, count) = axis.taps(at: position)
            var total = summary.start
            for line in lines {
                for tap in 0..<count {
                    let index = line + first + tap * axis.dilation
                    summary.add(x[index], at: index, to: &total)
                }
            }
            summary.store(
                total, taps: lines.count * count, paddedTaps: paddedLines * axis.paddedTaps(at: position),
                at: row * axis.count + position)
        }
    }

    /// Where the input's lines begin that the windows of one output row touch; and how many lines there are when
    /// those of the padding count too.
    private func inputLines(ofRow row: Int, plane: Int) -> (lines: [Int], padded: Int) {
        var lines = [plane], padded = 1
        var rest = row, rows = leading.reduce(1) { $0 * $1.count }
        for axis in leading {
            rows /= axis.count
            let (first, count) = axis.taps(at: rest / rows)
            padded *= axis.paddedTaps(at: rest / rows)
            rest %= rows
            lines = lines.flatMap { line in
                (0..<count).map { line * axis.extent + first + $0 * axis.dilation }
            }
        }
        return (lines.map { $0 * last.extent }, padded)
    }
}
