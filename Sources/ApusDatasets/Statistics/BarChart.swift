import ApusVision

/// A histogram as an SVG element that scales with its container.
struct BarChart {
    /// How an edge between two bars is written.
    enum Style { case whole, decimal, percent, counted }

    var title: String
    var label: String
    var histogram: Histogram
    var style: Style

    private static let plot = (left: 28.0, top: 26.0, right: 452.0, bottom: 180.0)

    /// The bins from the first to the last that holds anything, with one more on each side.
    private var shown: Range<Int> {
        let filled = histogram.counts.indices.filter { histogram.counts[$0] > 0 }
        guard let first = filled.first, let last = filled.last else { return 0..<1 }
        return max(0, first - 1)..<min(histogram.counts.count, last + 2)
    }

    private var step: Double { (Self.plot.right - Self.plot.left) / Double(shown.count) }

    var svg: String {
        """
        <svg class="chart" viewBox="0 0 480 236" role="img" aria-label="\(escaped(title))">
        <path class="grid" d="M28 180H452"/>\(shown.map(bar).joined())\(edges)
        <text class="axis" x="240" y="228" text-anchor="middle">\(escaped(label))</text>
        </svg>
        """
    }

    private func bar(_ bin: Int) -> String {
        let most = Double(max(histogram.counts.max() ?? 0, 1)), count = histogram.counts[bin]
        let height = Double(count) / most * (Self.plot.bottom - Self.plot.top)
        let x = Self.plot.left + Double(bin - shown.lowerBound) * step
        guard count > 0 else { return "" }
        return """
            <rect class="column" x="\(fixed(x + 1, 1))" y="\(fixed(Self.plot.bottom - height, 1))" \
            width="\(fixed(step - 2, 1))" height="\(fixed(height, 1))"><title>\(range(bin)): \(count)</title></rect>\
            <text class="value" x="\(fixed(x + step / 2, 1))" y="\(fixed(Self.plot.bottom - height - 5, 1))" \
            text-anchor="middle">\(short(count))</text>

            """
    }

    /// As many edges as have room: none touches its neighbour.
    private var edges: String {
        let names = style == .counted ? shown.map(range) : (shown.lowerBound...shown.upperBound).map(edge)
        let widest = Double(names.map(\.count).max() ?? 1) * 9.6 + 6
        let every = max(1, Int((widest / step).rounded(.up)))
        return names.enumerated().filter { $0.offset % every == 0 }.map { index, name in
            let x = Self.plot.left + (Double(index) + (style == .counted ? 0.5 : 0)) * step
            return "<text class=\"tick\" x=\"\(fixed(x, 1))\" y=\"200\" text-anchor=\"middle\">\(name)</text>"
        }.joined()
    }

    private func edge(_ index: Int) -> String {
        let value = histogram.edges[index]
        return switch style {
        case .whole, .counted: fixed(value, 0)
        case .decimal: fixed(value, 2)
        case .percent: fixed(value * 100, 0)
        }
    }

    /// What a bar counts.
    private func range(_ bin: Int) -> String {
        guard style == .counted else { return "\(edge(bin)) to \(edge(bin + 1))" }
        let (low, high) = (Int(histogram.edges[bin]), Int(histogram.edges[bin + 1]) - 1)
        return low == high ? "\(low)" : "\(low)–\(high)"
    }

    /// At most four letters.
    private func short(_ count: Int) -> String {
        switch count {
        case ..<10_000: "\(count)"
        case ..<1_000_000: "\(count / 1000)k"
        default: "\(count / 1_000_000)M"
        }
    }
}
