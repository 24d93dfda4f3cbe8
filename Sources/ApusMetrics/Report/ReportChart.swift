import ApusVision

/// Lines over the unit square, as an SVG element that scales with its container and is whole without a script. With
/// one, it says values where the pointer is and hides lines that the legend switches off.
struct ReportChart {
    struct Line {
        /// What the legend switches: lines of one series in several charts go together.
        var series: Int
        var name: String
        var color: String
        var isBold = false
        /// One value for each of evenly spaced x; `nil` interrupts the line.
        var values: [Double?]
    }

    var title: String
    var xLabel: String
    var yLabel: String
    var lines: [Line]
    /// An x worth showing, with its name.
    var marker: (x: Double, label: String)?
    /// Bars from 0 to a height, each over its part of x.
    var bars: [Double?] = []
    var hasDiagonal = false

    private static let plot = (left: 62.0, top: 14.0, right: 466.0, bottom: 280.0)

    var html: String {
        """
        <div class="plot"><h3>\(escaped(title))</h3>
        <svg class="chart" viewBox="0 0 480 330" role="img" aria-label="\(escaped(title))">
        \(grid)\(barShapes)\(diagonal)\(lines.map(group).joined())\(markerLine)
        <text class="axis" x="264" y="322" text-anchor="middle">\(escaped(xLabel))</text>
        <text class="axis" x="18" y="147" text-anchor="middle" transform="rotate(-90 18 147)">\(escaped(yLabel))</text>
        </svg></div>

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

    private var barShapes: String {
        bars.enumerated().map { index, value in
            guard let value else { return "" }
            let (left, right) = (Double(index) / Double(bars.count), Double(index + 1) / Double(bars.count))
            let (x, y) = (position(x: left), position(y: min(max(value, 0), 1)))
            return """
                <rect class="column" x="\(fixed(x + 1, 1))" y="\(fixed(y, 1))" \
                width="\(fixed(position(x: right) - x - 2, 1))" height="\(fixed(Self.plot.bottom - y, 1))"/>
                """
        }.joined()
    }

    private var diagonal: String { hasDiagonal ? "<path class=\"marker\" d=\"M62 280L466 14\"/>" : "" }

    private var markerLine: String {
        guard let marker else { return "" }
        let x = position(x: marker.x)
        let isRight = marker.x > 0.6
        return """
            <path class="marker" d="M\(fixed(x, 1)) 14V280"/>\
            <text class="tick over" x="\(fixed(x + (isRight ? -6 : 6), 1))" y="272" \
            text-anchor="\(isRight ? "end" : "start")">\(escaped(marker.label))</text>

            """
    }

    private func group(_ line: Line) -> String {
        let paths = runs(line.values).map { run in
            let points = run.map { "\(coordinate(position(x: $0.x))),\(coordinate(position(y: $0.y)))" }
            return "<polyline points=\"\(points.joined(separator: " "))\"/>"
        }
        return """
            <g class="line\(line.isBold ? " bold" : "")" data-series="\(line.series)" \
            data-name="\(escaped(line.name))" stroke="\(line.color)"><title>\(escaped(line.name))</title>\(paths.joined())</g>

            """
    }

    /// The precision of the read-outs: 0.0004.
    private func coordinate(_ value: Double) -> String { fixed(value, 1) }

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

/// Charts of the same series, with a legend that shows and hides them.
struct ReportCurves {
    var charts: [ReportChart]
    /// The series with their names and colours.
    var legend: [(series: Int, name: String, color: String)]

    var html: String {
        """
        <div class="curves"><div class="charts">\(charts.map(\.html).joined())</div>\(keys)</div>

        """
    }

    private var keys: String {
        guard legend.count > 1 else { return "" }
        let buttons = legend.map {
            "<button type=\"button\" class=\"key\" data-series=\"\($0.series)\" aria-pressed=\"true\">"
                + "<i style=\"background:\($0.color)\"></i><span>\(escaped($0.name))</span></button>"
        }
        let all = legend.count > 3 ? "<button type=\"button\" class=\"key every\">all / none</button>" : ""
        return "<div class=\"legend keys\">\(buttons.joined())\(all)</div>"
    }
}
