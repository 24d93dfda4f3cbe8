import ApusVision

/// Another model's metrics on the same images, to compare with.
public struct ReportBaseline: Sendable {
    public var name: String
    /// As `TaskMetrics.values`.
    public var values: [String: Double]

    public init(name: String, values: [String: Double]) { (self.name, self.values) = (name, values) }

    /// How a number differs, and whether for the better.
    struct Change {
        var delta: Double
        var isBetter: Bool?
        var style: String { isBetter.map { $0 ? "better" : "worse" } ?? "same" }
    }

    /// `nil` where either has no such metric.
    func change(_ name: String, of metrics: any TaskMetrics) -> Change? {
        change(name, in: metrics.values)
    }

    func change(_ name: String, in current: [String: Double]) -> Change? {
        guard let old = values[name], let new = current[name] else { return nil }
        let delta = new - old
        guard abs(delta) >= 5e-4 else { return Change(delta: delta) }
        let isLowerBetter = MetricDirection(metric: name) == .lower
        return Change(delta: delta, isBetter: (delta > 0) != isLowerBetter)
    }
}

extension EvaluationReport {
    /// What differs from the baseline: the overall numbers, then each class.
    var comparisonSection: ReportSection? {
        guard let baseline else { return nil }
        let (current, content) = (metrics.values, content)
        let overall = (content.mainNames + content.costNames).filter {
            current[$0] != nil && baseline.values[$0] != nil
        }
        let table = ReportTable(
            columns: ["metric", "this model", "baseline", "difference"],
            rows: overall.map { name in (name, cells(name, current, baseline)) }, style: "sizes")
        let classes = classTable(current, baseline)
        return ReportSection(
            id: "differences", title: "Differences to the baseline",
            body: "<p>Against \(escaped(baseline.name)), on the same images.</p>\(table.html)\(classes)")
    }

    private func classTable(_ current: [String: Double], _ baseline: ReportBaseline) -> String {
        let prefixes = content.classPrefixes
        guard !prefixes.isEmpty else { return "" }
        let rows = content.classNames.map { name in
            (name, prefixes.flatMap { cells($0 + name, current, baseline) })
        }
        let heads = prefixes.flatMap { prefix in [String(prefix.dropLast()), "baseline", "difference"] }
        return "<h3>By class</h3>" + ReportTable(columns: ["class"] + heads, rows: rows).html
    }

    private func cells(
        _ name: String, _ current: [String: Double], _ baseline: ReportBaseline
    ) -> [ReportTable.Cell] {
        let change = baseline.change(name, in: current)
        return [
            .number(current[name]), .number(baseline.values[name]),
            .change(change?.delta, isBetter: change.flatMap(\.isBetter)),
        ]
    }
}
