/// Several curves over one pair of axes, as a picture.
public struct LineChart: Sendable {
    public struct Point: Hashable, Sendable {
        public var x, y: Double

        public init(x: Double, y: Double) { (self.x, self.y) = (x, y) }
    }

    /// One curve. A point that is not finite interrupts it.
    public struct Series: Hashable, Sendable {
        public var name: String
        public var points: [Point]

        public init(name: String, points: [Point]) { (self.name, self.points) = (name, points) }

        /// `values` at 0, 1, 2, …
        public init(name: String, values: [Double]) {
            self.init(name: name, points: values.enumerated().map { Point(x: Double($0), y: $1) })
        }
    }

    public var title, xLabel, yLabel: String
    public var series: [Series]

    public init(title: String, xLabel: String, yLabel: String, series: [Series]) {
        (self.title, self.xLabel, self.yLabel, self.series) = (title, xLabel, yLabel, series)
    }

    /// - Parameters: extents in pixels, at least 160×120.
    public func image(width: Int = 800, height: Int = 500) -> Image {
        precondition(width >= 160 && height >= 120, "a chart of \(width)×\(height), expected at least 160×120")
        var painter = LineChartPainter(self, width: width, height: height)
        return painter.paint()
    }

    var finitePoints: [Point] { series.flatMap { $0.points.filter { $0.x.isFinite && $0.y.isFinite } } }
}

/// From top to bottom: title, legend, name of the y axis, plot, tick labels, name of the x axis.
private struct LineChartPainter {
    private let chart: LineChart
    private var canvas: Canvas
    private let scale: TextScale
    private let x, y: AxisScale
    private let legend: ChartLegend
    private let plot: PixelRectangle
    private let ink = Color(0x333333)

    init(_ chart: LineChart, width: Int, height: Int) {
        self.chart = chart
        canvas = Canvas(width: width, height: height, color: .white)
        scale = TextScale(max(1, Float(min(width, height)) / 500))
        let line = scale.lineHeight
        legend = ChartLegend(
            chart.series.map(\.name), width: width - 4 * line, maximumHeight: height / 4, scale: scale)
        let top = line / 2 + (chart.title.isEmpty ? 0 : 2 * line) + legend.height + 2 * line
        let plotHeight = max(height - top - 3 * line - line / 2, 20)
        let points = chart.finitePoints
        let vertical = AxisScale(points.map(\.y), maximumTicks: max(2, min(9, plotHeight / (2 * line))))
        let labelWidth = vertical.ticks.map { [scale] in scale.width(of: vertical.label($0)) }.max() ?? 0
        let left = labelWidth + line + line / 2
        let plotWidth = max(width - left - 2 * line, 20)
        plot = PixelRectangle(x: left, y: top, width: plotWidth, height: plotHeight)
        y = vertical
        let areWhole = points.allSatisfy { $0.x == $0.x.rounded() }
        x = AxisScale(
            points.map(\.x), maximumTicks: max(2, min(11, plotWidth / scale.width(of: "00000000"))), whole: areWhole)
    }

    mutating func paint() -> Image {
        paintTitles()
        legend.paint(on: &canvas, x: plot.x, y: plot.y - 2 * scale.lineHeight - legend.height)
        paintTicks()
        for (index, series) in chart.series.enumerated() { paint(series, .palette(index)) }
        paintFrame()
        return canvas.image
    }

    private mutating func paintTitles() {
        let (line, width) = (scale.lineHeight, canvas.image.width)
        let large = TextScale(scale.factor * 1.5)
        let title = large.fitted(chart.title, width: width - 2 * line)
        canvas.text(title, x: (width - large.width(of: title)) / 2, y: line / 2 + 2, scale: large, ink)
        let xLabel = scale.fitted(chart.xLabel, width: plot.width)
        canvas.text(
            xLabel, x: plot.x + (plot.width - scale.width(of: xLabel)) / 2, y: plot.y + plot.height + 2 * line,
            scale: scale, ink)
        let yLabel = scale.fitted(chart.yLabel, width: width - plot.x)
        canvas.text(
            yLabel, x: max(plot.x - scale.width(of: yLabel) / 2, line / 2), y: plot.y - line - line / 2,
            scale: scale, ink)
    }

    private mutating func paintTicks() {
        let (line, grid) = (scale.lineHeight, Color(0xE3E3E3))
        for tick in y.ticks {
            let (row, label) = (Int(rowOf(tick).rounded()), y.label(tick))
            canvas.fill(x: plot.x, y: row, width: plot.width, height: 1, grid)
            canvas.text(
                label, x: plot.x - line / 2 - scale.width(of: label), y: row - line / 2 + 2, scale: scale, ink)
        }
        for tick in x.ticks {
            let (column, label) = (Int(columnOf(tick).rounded()), x.label(tick))
            canvas.fill(x: column, y: plot.y, width: 1, height: plot.height, grid)
            canvas.text(
                label, x: column - scale.width(of: label) / 2, y: plot.y + plot.height + line / 2, scale: scale, ink)
        }
    }

    private mutating func paintFrame() {
        canvas.fill(x: plot.x, y: plot.y, width: 1, height: plot.height, ink)
        canvas.fill(x: plot.x, y: plot.y + plot.height, width: plot.width + 1, height: 1, ink)
    }

    private mutating func paint(_ series: LineChart.Series, _ color: Color) {
        let thickness = 1.8 * scale.factor
        var previous: LineChart.Point?
        for (index, point) in series.points.enumerated() {
            guard point.x.isFinite, point.y.isFinite else {
                previous = nil
                continue
            }
            let next = index + 1 < series.points.count ? series.points[index + 1] : nil
            let isAlone = previous == nil && !(next.map { $0.x.isFinite && $0.y.isFinite } ?? false)
            let start = previous ?? point
            canvas.line(
                fromX: columnOf(start.x), y: rowOf(start.y), toX: columnOf(point.x), y: rowOf(point.y),
                thickness: isAlone ? 3 * thickness : thickness, color)
            previous = point
        }
    }

    private func columnOf(_ value: Double) -> Float {
        Float(plot.x) + 0.5 + Float(x.position(of: value)) * Float(plot.width - 1)
    }

    private func rowOf(_ value: Double) -> Float {
        Float(plot.y + plot.height) - 0.5 - Float(y.position(of: value)) * Float(plot.height - 1)
    }
}

/// The names of the series with their colours, in as many rows as they need and there is room for.
private struct ChartLegend {
    private struct Item {
        var text: String
        var x, row: Int
        var color: Color?
    }

    private var items: [Item] = []
    private let scale: TextScale
    private var rowHeight: Int { scale.lineHeight + 3 }

    var height: Int { items.isEmpty ? 0 : ((items.map(\.row).max() ?? 0) + 1) * rowHeight }

    init(_ names: [String], width: Int, maximumHeight: Int, scale: TextScale) {
        self.scale = scale
        let (swatch, gap) = (2 * scale.lineHeight, scale.lineHeight)
        let rowLimit = max(1, maximumHeight / rowHeight)
        var (x, row) = (0, 0)
        for (index, name) in names.enumerated() where names.count > 1 || !name.isEmpty {
            let text = scale.fitted(name, width: width - swatch)
            let itemWidth = swatch + scale.width(of: text)
            if x > 0 && x + itemWidth > width { (x, row) = (0, row + 1) }
            guard row < rowLimit else {
                replaceLast(by: names.count - index + 1)
                break
            }
            items.append(Item(text: text, x: x, row: row, color: .palette(index)))
            x += itemWidth + gap
        }
    }

    private mutating func replaceLast(by count: Int) {
        guard let last = items.popLast() else { return }
        items.append(Item(text: "and \(count) more", x: last.x, row: last.row, color: nil))
    }

    func paint(on canvas: inout Canvas, x: Int, y: Int) {
        let line = scale.lineHeight
        for item in items {
            let (left, top) = (x + item.x, y + item.row * rowHeight)
            let middle = Float(top) + Float(BitmapFont.baseline) * scale.factor / 2
            if let color = item.color {
                canvas.line(
                    fromX: Float(left), y: middle, toX: Float(left) + 1.4 * Float(line), y: middle,
                    thickness: 3 * scale.factor, color)
            }
            let indent = item.color == nil ? 0 : 2 * line - 2
            canvas.text(item.text, x: left + indent, y: top, scale: scale, Color(0x333333))
        }
    }
}
