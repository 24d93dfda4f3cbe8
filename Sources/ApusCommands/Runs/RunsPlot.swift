import ApusCore
import ApusTracking
import ApusVision
import ArgumentParser
import FoundationEssentials
import Glibc

struct RunsPlot: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plot", abstract: "Draw metrics of runs on the terminal or into a picture.",
        discussion: """
              apus runs plot latest --metric train/box_loss --log
              apus runs plot 1f0c 88ab --metric val/mAP50 --output curves.png

            On the terminal each run has a colour; under NO_COLOR, or into a file, each has a letter. A curve of more \
            than 2000 values keeps the smallest and largest of each stretch.

            Exit status: 0 done, 1 no run has such a metric, 2 there is no such run.
            """)

    enum Axis: String, CaseIterable, ExpressibleByArgument { case step, time }

    @OptionGroup var selection: RunSelection
    @Option(name: .customLong("metric"), help: "A metric to draw; may be repeated.") var metrics: [String] = []
    @Option(help: "What goes to the right: step, or time in seconds since the run's first value.") var x = Axis.step
    @Flag(help: "Draw logarithms.") var log = false
    @Option(help: "Columns; else the terminal's.") var width: Int?
    @Option(help: "Rows.") var height: Int?
    @Option(name: .shortAndLong, help: "A PNG to write instead.", completion: .file(extensions: ["png"]))
    var output: String?
    @OptionGroup var common: CommonOptions
    @OptionGroup var places: StoreOptions

    func validate() throws {
        if metrics.isEmpty { throw ValidationError("say what to draw: --metric KEY; 'apus runs show RUN' lists keys") }
        if let output, !output.lowercased().hasSuffix(".png") { throw ValidationError("--output is a .png") }
        if let width, !(20...1000).contains(width) { throw ValidationError("--width is 20 to 1000") }
        if let height, !(4...500).contains(height) { throw ValidationError("--height is 4 to 500") }
    }

    func run() throws {
        let store = try places.open()
        let runs = try selection.runs(in: store, view: .all)
        let charts = try metrics.map { key in (key: key, curves: try curves(key, of: runs)) }
        guard charts.contains(where: { !$0.curves.isEmpty }) else { throw WorkFailure(description: nothing(runs)) }
        if let output { return try draw(charts.flatMap { $0.curves.map { $0 } }, to: output) }
        print(charts.map { text($0.key, $0.curves) }.joined(separator: "\n\n"))
    }

    private func nothing(_ runs: [Run]) -> String {
        let known = Set(runs.flatMap { (try? $0.metricKeys()) ?? [] }).sorted()
        let near = known.filter { key in metrics.contains { key.lowercased().contains($0.lowercased()) } }
        let shown = (near.isEmpty ? known : near).prefix(8).joined(separator: ", ")
        return "no run has \(metrics.joined(separator: " or "))" + (shown.isEmpty ? "" : "; there is \(shown)")
    }

    private func curves(_ key: String, of runs: [Run]) throws -> [TextChart.Curve] {
        try runs.compactMap { run in
            guard let curve = try run.curve(of: key, limit: 2000) else { return nil }
            let start = curve.points.map(\.timestamp).min() ?? 0
            let points = curve.points.map { point in
                (x: x == .step ? Double(point.step) : Double(point.timestamp - start) / 1000, y: point.value)
            }
            let name = "\(run.id.prefix(8)) \(try run.name())"
            return TextChart.Curve(name: metrics.count > 1 && output != nil ? "\(key) \(name)" : name, points: points)
        }
    }

    private func text(_ key: String, _ curves: [TextChart.Curve]) -> String {
        let name = curves.count == 1 ? "  \(curves[0].name)" : ""
        return TextChart(
            title: key + name, curves: curves, width: width ?? min(Ink.width, 160), height: height ?? 16,
            isLogarithmic: log, usesColor: Ink.isUsed
        ).text
    }

    /// What is not positive interrupts a curve of logarithms.
    private func draw(_ curves: [TextChart.Curve], to path: String) throws {
        let series = curves.map { curve in
            let points = curve.points.map { LineChart.Point(x: $0.x, y: log ? Glibc.log10($0.y) : $0.y) }
            return LineChart.Series(name: curve.name, points: points)
        }
        let title = metrics.joined(separator: ", ")
        let chart = LineChart(
            title: title, xLabel: x == .step ? "step" : "seconds", yLabel: (log ? "log10 " : "") + title, series: series
        )
        try FileSystem.writeWhole(chart.image(width: 900, height: 600).pngData(), to: path)
        common.terminal.say("written \(path)")
    }
}
