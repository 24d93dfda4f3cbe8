import ApusVision

/// An evaluation of any task as one HTML page that needs nothing else: no network, pictures inside, and whole without
/// a script; or as Markdown.
public struct EvaluationReport: Sendable {
    public var title: String
    public var metrics: any TaskMetrics
    /// What was evaluated on what, in the order to show: model, dataset, split, date.
    public var details: [(name: String, value: String)]
    /// The pictures worth looking at, worst first.
    public var images: [ReportImage]
    /// What images are called, by their ids; the table of images shows those that have a name.
    public var imageNames: [Int: String] = [:]
    /// Between which values a metric lies, by its name in `TaskMetrics.values`; 95 % for most.
    public var intervals: [String: ClosedRange<Double>] = [:]
    public var slices: [ReportSlice] = []
    public var baseline: ReportBaseline?

    public init(
        title: String, metrics: any TaskMetrics, details: [(name: String, value: String)] = [],
        images: [ReportImage] = []
    ) {
        (self.title, self.metrics, self.details, self.images) = (title, metrics, details, images)
    }

    /// The page. Whatever comes from outside is escaped.
    public func html() -> String {
        let parts = sections
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; \
            style-src 'unsafe-inline'; script-src 'unsafe-inline'">
            <title>\(escaped(title))</title><style>\(reportStyle)\(evaluationStyle)</style></head><body><main>
            <header><h1>\(escaped(title))</h1><p>\(escaped(content.summary))</p></header>
            \(navigation(parts))\(cards)\(noteList)\(detailTable)\(parts.map(\.html).joined())
            </main><script>\(reportScript)</script></body></html>

            """
    }

    var content: ReportContent { ReportContent(metrics) }

    private var sections: [ReportSection] {
        [comparisonSection].compactMap { $0 } + content.sections
            + [sliceSection, imageSection, imageTable].compactMap { $0 }
    }

    private func navigation(_ sections: [ReportSection]) -> String {
        "<nav>" + sections.map { "<a href=\"#\($0.id)\">\(escaped($0.title))</a>" }.joined() + "</nav>\n"
    }

    private var cards: String {
        let cards = content.cards.map { card in
            let value = card.isCount ? card.value.map { "\(Int($0))" } ?? "–" : fixed(card.value)
            return "<div><span>\(escaped(card.title))</span><strong>\(value)</strong>\(remark(card))</div>"
        }
        return "<section class=\"cards\">\(cards.joined())</section>\n"
    }

    /// The interval, and what changed against the baseline.
    private func remark(_ card: ReportContent.Card) -> String {
        let interval = intervals[card.name].map { "\(fixed($0.lowerBound)) – \(fixed($0.upperBound))" }
        let change = baseline?.change(card.name, of: metrics).map { change in
            "<b class=\"\(change.style)\">\(withSign(change.delta))</b>"
        }
        let parts = [interval, change].compactMap { $0 }
        return parts.map { "<small>\($0)</small>" }.joined()
    }

    private var noteList: String {
        content.notes.map { "<p class=\"note\">\(escaped($0))</p>\n" }.joined()
    }

    private var detailTable: String {
        var rows = details
        if !intervals.isEmpty { rows.append(("Intervals", "95 %, bootstrap over images")) }
        if let baseline { rows.append(("Baseline", baseline.name)) }
        guard !rows.isEmpty else { return "" }
        let lines = rows.map { "<tr><th scope=\"row\">\(escaped($0.name))</th><td>\(escaped($0.value))</td></tr>" }
        return "<section><table class=\"details\">\(lines.joined())</table></section>\n"
    }
}

/// A titled part of the page.
struct ReportSection {
    /// Unique on the page.
    var id: String
    var title: String
    /// Markup.
    var body: String
    /// Whether a reader opens it first.
    var isFolded = false

    var html: String {
        let inside =
            isFolded
            ? "<details><summary>\(escaped(title))</summary>\(body)</details>" : "<h2>\(escaped(title))</h2>\(body)"
        return "<section id=\"\(id)\">\(inside)</section>\n"
    }
}

extension EvaluationReport {
    private var imageSection: ReportSection? {
        guard !images.isEmpty else { return nil }
        let hasObjects = images.contains { !$0.objects.isEmpty }
        let hasMarks = images.contains { $0.objects.contains { !$0.marks.isEmpty } }
        let mark = hasMarks ? "<span><i class=\"mark\"></i>marked point</span>" : ""
        let legend = """
            <p class="legend"><span><i class="found"></i>found</span><span><i class="invented"></i>wrong</span>\
            <span><i class="missed"></i>missed</span>\(mark)</p>
            """
        return ReportSection(
            id: "worst", title: "Images with the most errors",
            body: "\(hasObjects ? legend : "")<div class=\"images\">\(images.map(\.html).joined())</div>")
    }

    private var imageTable: ReportSection? {
        guard !imageNames.isEmpty, let table = content.imageTable(imageNames) else { return nil }
        return ReportSection(id: "images", title: "Image by image", body: table.html, isFolded: true)
    }

    private var sliceSection: ReportSection? {
        guard !slices.isEmpty else { return nil }
        let names = content.mainNames.filter { name in slices.contains { $0.values[name] != nil } }
        let fitness = metrics.fitnessName
        let rows = slices.map { slice in
            let change = slice.values[fitness].flatMap { value in metrics.values[fitness].map { value - $0 } }
            let numbers = names.map { ReportTable.Cell.number(slice.values[$0]) }
            return (
                slice.name,
                [.count(slice.imageCount), .count(slice.instanceCount)] + numbers
                    + [.change(change, isBetter: change.flatMap { abs($0) < 5e-4 ? nil : $0 > 0 })]
            )
        }
        let table = ReportTable(
            columns: ["slice", "images", "objects"] + names + ["against all"], rows: rows)
        return ReportSection(
            id: "slices", title: "Parts of the data",
            body: "<p>The same numbers on some of the images alone; the last column compares \(escaped(fitness)).</p>"
                + table.html)
    }
}

/// Metrics of some of the images.
public struct ReportSlice: Sendable {
    public var name: String
    public var imageCount, instanceCount: Int
    /// By their names in `TaskMetrics.values`.
    public var values: [String: Double]

    public init(name: String, imageCount: Int, instanceCount: Int, values: [String: Double]) {
        (self.name, self.imageCount, self.instanceCount, self.values) = (name, imageCount, instanceCount, values)
    }
}
