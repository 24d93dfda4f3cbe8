import ApusMetrics
import ApusTracking
import ApusVision

/// Compared runs as one HTML page that needs nothing else: tables that are whole without a script, and with one
/// parallel coordinates to brush and curves to read.
struct ComparisonPage {
    private let comparison: RunComparison
    private let data: ComparisonPageData
    private let configuration: [(title: String, text: String)]
    private let columns: [RunComparison.Row<MetricValue>]

    /// - Parameter metrics: the keys to show; empty for all but parts.
    init(_ comparison: RunComparison, _ runs: [Run], metrics: [String]) throws {
        let isShown = { (key: String) in
            metrics.isEmpty ? key.count { $0 == "/" } < 2 : metrics.contains(key)
        }
        self.comparison = comparison
        data = try ComparisonPageData(comparison, runs, metrics: isShown)
        columns = Self.columns(comparison.metrics.filter { isShown($0.key) })
        configuration = ConfigurationDifferences(comparison.runs, runs).parts
    }

    /// Whatever comes from outside is escaped.
    var html: String {
        let title = "\(counted(comparison.runs.count, "run")) compared"
        let parts = [
            section("runs", "Runs", runTable), section("parallel", "Parameters and results", parallel),
            section("curves", "Curves", curves), section("parameters", "What differs", differences),
            configuration.isEmpty ? "" : section("configuration", "Configuration", configurationText),
        ]
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; \
            style-src 'unsafe-inline'; script-src 'unsafe-inline'">
            <title>\(escaped(title))</title><style>\(reportStyle)\(evaluationStyle)\(comparisonStyle)</style></head>
            <body><main>
            <header><h1>\(escaped(title))</h1><p>\(escaped(summary))</p></header>
            <nav><a href="#runs">Runs</a><a href="#parallel">Parameters and results</a><a href="#curves">Curves</a>\
            <a href="#parameters">What differs</a>\(configurationLink)</nav>
            \(parts.joined())
            </main><script type="application/json" id="data">\(data.json)</script>
            <script>\(reportScript)</script><script>\(comparisonScript)</script></body></html>

            """
    }

    private var configurationLink: String {
        configuration.isEmpty ? "" : "<a href=\"#configuration\">Configuration</a>"
    }

    private var summary: String {
        let experiments = Set(comparison.runs.map(\.experimentName)).sorted().prefix(5).joined(separator: ", ")
        let different = comparison.parameters.count(where: \.isDifferent)
        return "Of \(experiments). \(counted(different, "parameter")) of \(comparison.parameters.count) differ."
    }

    private func section(_ id: String, _ title: String, _ body: String) -> String {
        "<section id=\"\(id)\"><h2>\(escaped(title))</h2>\(body)</section>\n"
    }

    // MARK: Runs

    /// What a model is judged by, most common first: few enough for a table.
    private static func columns(_ rows: [RunComparison.Row<MetricValue>]) -> [RunComparison.Row<MetricValue>] {
        let judged = rows.filter {
            MetricDirection(metric: $0.key) != nil && !RunComparison.isIncidental(metric: $0.key)
        }
        let ranked = judged.enumerated().sorted { a, b in
            (rank(a.element), a.offset) < (rank(b.element), b.offset)
        }
        return ranked.prefix(8).map(\.element)
    }

    /// Validation and test come before training, means before their parts, what all runs have before the rest.
    private static func rank(_ row: RunComparison.Row<MetricValue>) -> Int {
        let isMean = ["mAP50", "mAP50-95", "accuracy", "top1", "loss"].contains { row.key.hasSuffix($0) }
        let isEarly = ["val/", "test/", "best/"].contains { row.key.hasPrefix($0) }
        let missing = row.values.count { $0 == nil } * 4 / max(row.values.count, 1)
        return missing * 4 + (isMean ? 0 : 2) + (isEarly ? 0 : 1)
    }

    private var runTable: String {
        let different = comparison.parameters.filter(\.hasChoices).prefix(6)
        let heads = ["run", "status", "started (UTC)", "took"] + different.map(\.key) + columns.map(\.key)
        let head = heads.enumerated().map { number, name in
            "<th scope=\"col\"\(number == 0 ? " class=\"first\"" : "")>\(escaped(name))</th>"
        }
        let rows = comparison.runs.enumerated().map { number, run in
            let values = different.map { parameterCell($0.values[number]) } + columns.map { metricCell($0, number) }
            return """
                <tr data-run="\(number)"><th scope="row" title="\(run.id)"><i class="swatch" style="background:\
                \(data.runs[number].color)"></i>\(escaped(run.name)) <small>\(run.shortID)</small></th>\
                <td class="plain">\(escaped(run.shownStatus))</td><td data-v="\(run.startTime)">\(run.shownStart)</td>\
                <td data-v="\(run.duration)">\(run.shownDuration)</td>\(values.joined())</tr>

                """
        }
        return """
            <p>Latest values; the best of a column is bold. A click on a head sorts.</p>
            <div class="scroll"><table class="numbers sortable runs"><thead><tr>\(head.joined())</tr></thead>
            <tbody>\(rows.joined())</tbody></table></div>
            """
    }

    private func parameterCell(_ value: String?) -> String {
        guard let value else { return "<td class=\"plain\" data-v=\"\">–</td>" }
        if let number = Double(value), number.isFinite { return "<td data-v=\"\(number)\">\(escaped(value))</td>" }
        return "<td class=\"plain\" title=\"\(escaped(value))\">\(escaped(shortenedPath(value, 24)))</td>"
    }

    private func metricCell(_ row: RunComparison.Row<MetricValue>, _ number: Int) -> String {
        guard let value = row.values[number]?.number, value.isFinite else { return "<td data-v=\"\">–</td>" }
        let isBest = row.hasChoices && value == row.best
        let text = isBest ? "<b>\(significant(value))</b>" : significant(value)
        return "<td data-v=\"\(value)\"\(isBest ? " class=\"best\"" : "")>\(text)</td>"
    }

    // MARK: Pictures

    private let needsScript = "<noscript><p class=\"note\">This part needs a script.</p></noscript>"

    private var parallel: String {
        """
        <p>A line is a run. Drag along an axis to keep the runs that pass there; a click on the axis lets go.</p>
        \(needsScript)<div class="scroll"><div id="axes"></div></div>
        <div class="controls"><button type="button" class="key" id="release" hidden>let go of all axes</button></div>
        <details><summary>Axes</summary><div class="legend keys" id="axis-keys"></div></details>
        """
    }

    private var curves: String {
        """
        \(needsScript)<div class="controls">
        <label>Horizontal <select id="horizontal"><option value="s">step</option><option value="t">time since start\
        </option></select></label>
        <label><input type="checkbox" id="log"> logarithmic</label>
        <label>Smoothing <input type="range" id="smooth" min="0" max="0.98" step="0.02" value="0">\
        <output for="smooth">0</output></label></div>
        <div class="legend keys" id="run-keys"></div>
        <div class="charts" id="charts"></div>
        <details><summary>Metrics</summary><div class="legend keys" id="metric-keys"></div></details>
        """
    }

    // MARK: Differences

    private var differences: String {
        let parts = [
            ("Datasets", comparison.datasets), ("Parameters", comparison.parameters),
            ("Tags", comparison.tags.filter { !RunComparison.incidentalTags.contains($0.key) }),
        ]
        let body = parts.filter { !$0.1.isEmpty }.map(differenceTable)
        return """
            <div class="controls"><label><input type="checkbox" id="same"> what is the same too</label></div>
            \(body.joined())
            """
    }

    private func differenceTable(_ title: String, _ rows: [RunComparison.Row<String>]) -> String {
        let head = comparison.runs.enumerated().map { number, run in
            """
            <th scope="col" data-run="\(number)" title="\(escaped(run.name))"><i class="swatch" style="background:\
            \(data.runs[number].color)"></i>\(run.shortID)</th>
            """
        }
        let lines = rows.map { row in
            let usual = mostCommon(row.values)
            let cells = row.values.map { differenceCell($0, isOdd: row.isDifferent && $0 != usual) }
            let style = row.isDifferent ? "" : " class=\"alike\""
            return "<tr\(style)><th scope=\"row\">\(escaped(row.key))</th>\(cells.joined())</tr>\n"
        }
        let count = rows.count(where: \.isDifferent)
        let style = "numbers facts" + (count == 0 ? " none" : "")
        return """
            <h3>\(title): \(count) of \(rows.count) differ</h3>
            <div class="scroll"><table class="\(style)"><thead><tr><td></td>\(head.joined())</tr></thead>
            <tbody>\(lines.joined())</tbody></table></div>
            """
    }

    private func differenceCell(_ value: String?, isOdd: Bool) -> String {
        let title = value.map { " title=\"\(escaped(shortened($0, 400)))\"" } ?? ""
        let text = value.map { escaped(shortened($0, 60)) } ?? "–"
        return "<td class=\"plain\(isOdd ? " odd" : "")\"\(title)>\(text)</td>"
    }

    /// What stands out is what differs from this; of two runs, both do.
    private func mostCommon(_ values: [String?]) -> String? {
        var counts = [String?: Int]()
        for value in values { counts[value, default: 0] += 1 }
        guard let most = counts.values.max(), most > 1 else { return "\u{0}" }
        return values.first { counts[$0] == most } ?? nil
    }

    private var configurationText: String {
        let lead = "<p>How each run's stored configuration differs from the first run's.</p>"
        return lead
            + configuration.map { part in
                let lines = part.text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
                    let kind = ["+": "added", "-": "removed", "@": "place"][line.first.map(String.init) ?? ""] ?? ""
                    return "<span class=\"\(kind)\">\(escaped(String(line)))</span>"
                }
                let body = "<pre class=\"diff\">\(lines.joined(separator: "\n"))</pre>"
                return "<details><summary>\(escaped(part.title))</summary>\(body)</details>"
            }.joined()
    }
}

/// Each run's stored configuration against the first run's.
private struct ConfigurationDifferences {
    let parts: [(title: String, text: String)]

    init(_ summaries: [RunSummary], _ runs: [Run]) {
        parts = zip(summaries, runs).dropFirst().compactMap { summary, run in
            guard let changes = try? RunDifference.configurationChanges(runs[0], run), !changes.isEmpty else {
                return nil
            }
            return ("\(summary.name) \(summary.shortID)", changes.map(\.text).joined())
        }
    }
}
