import ApusVision

/// Lines over the unit square, as an SVG element that scales with its container.
struct SVGChart {
    struct Line {
        var name: String
        var color: String
        var isBold: Bool
        /// One value for each of evenly spaced x; `nil` interrupts the line.
        var values: [Double?]
    }

    var title: String
    var xLabel: String
    var yLabel: String
    var lines: [Line]
    /// An x worth showing, with its name.
    var marker: (x: Double, label: String)?

    private static let plot = (left: 62.0, top: 14.0, right: 466.0, bottom: 280.0)

    var svg: String {
        """
        <svg class="chart" viewBox="0 0 480 330" role="img" aria-label="\(escaped(title))">
        \(grid)\(markerLine)\(lines.map(polylines).joined())
        <text class="axis" x="264" y="322" text-anchor="middle">\(escaped(xLabel))</text>
        <text class="axis" x="14" y="147" text-anchor="middle" transform="rotate(-90 14 147)">\(escaped(yLabel))</text>
        </svg>
        """
    }

    private var grid: String {
        (0...5).map { step in
            let value = Double(step) / 5
            let (x, y) = (position(x: value), position(y: value))
            return """
                <path class="grid" d="M\(fixed(x, 1)) 14V280M62 \(fixed(y, 1))H466"/>\
                <text class="tick" x="\(fixed(x, 1))" y="298" text-anchor="middle">\(fixed(value, 1))</text>\
                <text class="tick" x="55" y="\(fixed(y + 4, 1))" text-anchor="end">\(fixed(value, 1))</text>

                """
        }.joined()
    }

    private var markerLine: String {
        guard let marker else { return "" }
        let x = position(x: marker.x)
        let isRight = marker.x > 0.6
        return """
            <path class="marker" d="M\(fixed(x, 1)) 14V280"/>\
            <text class="tick" x="\(fixed(x + (isRight ? -6 : 6), 1))" y="272" \
            text-anchor="\(isRight ? "end" : "start")">\(escaped(marker.label))</text>

            """
    }

    private func polylines(_ line: Line) -> String {
        let width = line.isBold ? "3" : "1.4"
        let paths = runs(line.values).map { run in
            run.map { "\(fixed(position(x: $0.x), 1)),\(fixed(position(y: $0.y), 1))" }.joined(separator: " ")
        }
        return paths.map {
            """
            <polyline fill="none" stroke="\(line.color)" stroke-width="\(width)" points="\($0)">\
            <title>\(escaped(line.name))</title></polyline>

            """
        }.joined()
    }

    private func runs(_ values: [Double?]) -> [[(x: Double, y: Double)]] {
        var runs: [[(x: Double, y: Double)]] = [[]]
        for (index, value) in values.enumerated() {
            if let value {
                runs[runs.count - 1].append((Double(index) / Double(max(values.count - 1, 1)), min(max(value, 0), 1)))
            } else if runs.last?.isEmpty == false {
                runs.append([])
            }
        }
        return runs.filter { !$0.isEmpty }
    }

    private func position(x: Double) -> Double { Self.plot.left + x * (Self.plot.right - Self.plot.left) }
    private func position(y: Double) -> Double { Self.plot.bottom - y * (Self.plot.bottom - Self.plot.top) }
}
