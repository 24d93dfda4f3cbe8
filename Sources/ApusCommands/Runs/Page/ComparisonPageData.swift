import ApusCore
import ApusTracking
import ApusVision
import FoundationEssentials
import Glibc

/// What the page's script draws.
struct ComparisonPageData: Encodable {
    struct PageRun: Encodable {
        var id, name, color: String
    }

    /// One column of the parallel coordinates.
    struct Axis: Encodable {
        var key: String
        var isMetric: Bool
        /// A number, or the place of the text among `texts`; `nil` where the run has none.
        var values: [Double?]
        var texts: [String]?
    }

    /// One run's values of one metric, few enough to draw: steps, seconds since the run's start, values.
    struct Curve: Encodable {
        var run: Int
        var s: [Int64]
        var t: [Double]
        var v: [Double?]
    }

    struct Chart: Encodable {
        var key: String
        var curves: [Curve]
    }

    var runs: [PageRun]
    var axes: [Axis]
    var charts: [Chart]

    init(_ comparison: RunComparison, _ runs: [Run], metrics isShown: (String) -> Bool) throws {
        self.runs = comparison.runs.enumerated().map { number, run in
            PageRun(id: run.shortID, name: run.name, color: Self.color(number))
        }
        axes = Self.axes(comparison, isShown)
        charts = try Self.charts(comparison, runs, isShown)
    }

    /// JSON that may stand in a script element.
    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
        return text.replacing("<", with: "\\u003c").replacing("\u{2028}", with: "\\u2028")
    }

    /// Ten colours that stay apart; for more runs, hues around the circle.
    private static func color(_ number: Int) -> String {
        number < 10 ? seriesColor(number) : "hsl(\((number * 137) % 360) 55% 48%)"
    }

    // MARK: Axes

    private static func axes(_ comparison: RunComparison, _ isShown: (String) -> Bool) -> [Axis] {
        let parameters = comparison.parameters.filter(\.isDifferent).prefix(60).map { row -> Axis in
            let numbers = row.values.map { $0.flatMap { Double($0) } }
            if zip(numbers, row.values).allSatisfy({ $0 != nil || $1 == nil }) {
                return Axis(key: row.key, isMetric: false, values: numbers.map { $0.flatMap(finite) })
            }
            let texts = Set(row.values.compactMap { $0 }).sorted()
            let places = row.values.map { value in value.flatMap { texts.firstIndex(of: $0) }.map { Double($0) } }
            return Axis(key: row.key, isMetric: false, values: places, texts: texts.map { shortened($0, 40) })
        }
        let metrics = comparison.metrics.filter { $0.isDifferent && isShown($0.key) }.prefix(80).map { row in
            Axis(key: row.key, isMetric: true, values: row.values.map { $0.flatMap { finite($0.number) } })
        }
        return parameters + metrics
    }

    // MARK: Curves

    /// About a million numbers are as many as a page opens at once.
    private static func charts(
        _ comparison: RunComparison, _ runs: [Run], _ isShown: (String) -> Bool
    ) throws -> [Chart] {
        let keys = comparison.metrics.map(\.key).filter(isShown)
        let limit = min(500, max(20, 300_000 / max(1, keys.count * runs.count)))
        return try keys.compactMap { key in
            let curves = try runs.enumerated().compactMap { number, run -> Curve? in
                guard let curve = try run.curve(of: key, limit: limit), curve.points.count > 1 else { return nil }
                return self.curve(number, curve.points, since: comparison.runs[number].startTime)
            }
            return curves.isEmpty ? nil : Chart(key: key, curves: curves)
        }
    }

    private static func curve(_ run: Int, _ points: [MetricPoint], since start: Int64) -> Curve {
        Curve(
            run: run, s: points.map(\.step), t: points.map { Double(max(0, $0.timestamp - start)) / 1000 },
            v: points.map { finite($0.value) })
    }

    /// Six digits: more cannot be seen.
    private static func finite(_ value: Double) -> Double? {
        value.isFinite ? Double(value.text(digits: 6)) : nil
    }
}
