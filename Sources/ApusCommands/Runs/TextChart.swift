import FoundationEssentials
import Glibc

/// Curves drawn with characters: braille dots in colours, or a letter for each curve where there are no colours.
struct TextChart {
    struct Curve {
        var name: String
        var points: [(x: Double, y: Double)]
    }

    var title: String
    var curves: [Curve]
    var width: Int
    var height: Int
    var isLogarithmic = false
    var usesColor = false

    /// Columns for the numbers beside the plot.
    private static let margin = 11
    private static let colors = ["36", "33", "32", "35", "34", "31", "96", "93"]

    var text: String {
        let shown = curves.map(visible)
        guard let frame = Frame(shown.flatMap { $0 }) else { return "\(title): nothing to draw" }
        var canvas = DotCanvas(columns: max(width - Self.margin - 1, 10), rows: max(height, 4))
        for (number, points) in shown.enumerated() { draw(points, number, frame, on: &canvas) }
        return ([title] + rows(canvas, frame) + [axis(frame, canvas.columns)] + legend).joined(separator: "\n")
    }

    /// Where logarithms are drawn, what is not positive is left out.
    private func visible(_ curve: Curve) -> [(x: Double, y: Double)] {
        curve.points.filter { $0.x.isFinite && $0.y.isFinite && (!isLogarithmic || $0.y > 0) }
            .map { (x: $0.x, y: isLogarithmic ? log10($0.y) : $0.y) }
    }

    private func draw(
        _ points: [(x: Double, y: Double)], _ number: Int, _ frame: Frame, on canvas: inout DotCanvas
    ) {
        let dots = points.map { point in
            (
                x: Int((frame.share(x: point.x) * Double(canvas.columns * 2 - 1)).rounded()),
                y: Int(((1 - frame.share(y: point.y)) * Double(canvas.rows * 4 - 1)).rounded())
            )
        }
        if let first = dots.first { canvas.set(first.x, first.y, number) }
        for (a, b) in zip(dots, dots.dropFirst()) { canvas.line(from: a, to: b, number) }
    }

    private func rows(_ canvas: DotCanvas, _ frame: Frame) -> [String] {
        (0..<canvas.rows).map { row in
            let isLabelled = row == 0 || row == canvas.rows - 1 || row == (canvas.rows - 1) / 2
            let value = frame.maxY - (frame.maxY - frame.minY) * Double(row) / Double(max(canvas.rows - 1, 1))
            let label = isLabelled ? significant(isLogarithmic ? pow(10, value) : value) : ""
            let padding = String(repeating: " ", count: max(0, Self.margin - 2 - label.count))
            return padding + label + (isLabelled ? " ┤" : " │") + cells(canvas, row)
        }
    }

    private func cells(_ canvas: DotCanvas, _ row: Int) -> String {
        var text = "", color: String?
        let last = (0..<canvas.columns).last { canvas.cell($0, row).dots != 0 } ?? -1
        for column in 0..<(last + 1) {
            let cell = canvas.cell(column, row)
            let wanted = usesColor && cell.dots != 0 ? Self.colors[cell.curve % Self.colors.count] : nil
            if wanted != color {
                text += "\u{1B}[\(wanted ?? "0")m"
                color = wanted
            }
            text += symbol(cell)
        }
        if color != nil { text += "\u{1B}[0m" }
        return text
    }

    private func symbol(_ cell: (dots: UInt8, curve: Int)) -> String {
        if cell.dots == 0 { return " " }
        if !usesColor, curves.count > 1 { return Self.letter(cell.curve) }
        return Unicode.Scalar(0x2800 + UInt32(cell.dots)).map { String($0) } ?? " "
    }

    private func axis(_ frame: Frame, _ columns: Int) -> String {
        let (left, right) = (significant(frame.minX), significant(frame.maxX))
        let gap = String(repeating: " ", count: max(1, columns - left.count - right.count))
        let indent = String(repeating: " ", count: Self.margin)
        return String(indent.dropLast()) + "└" + String(repeating: "─", count: columns) + "\n" + indent + left + gap
            + right
    }

    private var legend: [String] {
        guard curves.count > 1 else { return [] }
        return curves.enumerated().map { number, curve in
            guard usesColor else { return "  \(Self.letter(number)) \(curve.name)" }
            return "  \u{1B}[\(Self.colors[number % Self.colors.count])m━━\u{1B}[0m \(curve.name)"
        }
    }

    private static func letter(_ number: Int) -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
        return String(letters[number % letters.count])
    }
}

/// The values that a chart spans; a flat one gets some room.
private struct Frame {
    let minX, maxX, minY, maxY: Double

    init?(_ points: [(x: Double, y: Double)]) {
        guard let minX = points.map(\.x).min(), let maxX = points.map(\.x).max(), let minY = points.map(\.y).min(),
            let maxY = points.map(\.y).max()
        else { return nil }
        let room = maxY > minY ? 0 : max(abs(maxY) * 0.1, 1e-9)
        (self.minX, self.maxX) = (minX, maxX)
        (self.minY, self.maxY) = (minY - room, maxY + room)
    }

    func share(x: Double) -> Double { maxX > minX ? (x - minX) / (maxX - minX) : 0.5 }
    func share(y: Double) -> Double { (y - minY) / (maxY - minY) }
}

/// Eight dots to a character, as Unicode's braille patterns have them, and which curve drew there last.
private struct DotCanvas {
    let columns, rows: Int
    private var dots: [UInt8]
    private var curves: [Int]

    init(columns: Int, rows: Int) {
        (self.columns, self.rows) = (columns, rows)
        dots = Array(repeating: 0, count: columns * rows)
        curves = Array(repeating: 0, count: columns * rows)
    }

    func cell(_ column: Int, _ row: Int) -> (dots: UInt8, curve: Int) {
        (dots[row * columns + column], curves[row * columns + column])
    }

    mutating func set(_ x: Int, _ y: Int, _ curve: Int) {
        let (x, y) = (min(max(x, 0), columns * 2 - 1), min(max(y, 0), rows * 4 - 1))
        let bits: [[UInt8]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]
        let cell = y / 4 * columns + x / 2
        dots[cell] |= bits[y % 4][x % 2]
        curves[cell] = curve
    }

    mutating func line(from a: (x: Int, y: Int), to b: (x: Int, y: Int), _ curve: Int) {
        let steps = max(abs(b.x - a.x), abs(b.y - a.y), 1)
        for step in 0...steps {
            let share = Double(step) / Double(steps)
            set(
                a.x + Int((Double(b.x - a.x) * share).rounded()), a.y + Int((Double(b.y - a.y) * share).rounded()),
                curve)
        }
    }
}
