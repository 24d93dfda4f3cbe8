import ApusVision

extension ModelCard {
    /// The card as a page that needs nothing else: no network and no script. Whatever comes from outside is escaped.
    public var html: String {
        """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <title>\(escaped(title))</title><style>\(reportStyle)\(cardStyle)</style></head><body><main>
        <header><h1>\(escaped(title))</h1><p>\(escaped(summary))</p></header>
        \(headline)\(sections.map(markup).joined())
        </main></body></html>

        """
    }

    /// The first figures, large.
    private var headline: String {
        guard !metrics.isEmpty else { return "" }
        let cards = metrics.prefix(4).map { metric in
            let interval = metric.interval == nil ? "" : "<small>\(metric.shownInterval)</small>"
            return "<div><span>\(escaped(metric.name))</span><strong>\(fixed(metric.value))</strong>\(interval)</div>"
        }
        return "<section class=\"cards\">\(cards.joined())</section>\n"
    }

    private func markup(_ section: CardSection) -> String {
        "<section><h2>\(escaped(section.title))</h2>\(markup(section.body))</section>\n"
    }

    private func markup(_ body: CardSection.Body) -> String {
        switch body {
        case .words(let words):
            let paragraphs = words.split(separator: "\n\n").map { "<p class=\"words\">\(escaped(String($0)))</p>" }
            return words == Self.notStated ? "<p class=\"none\">\(words)</p>" : paragraphs.joined()
        case .list(let items): return "<ul>" + items.map { "<li>\(escaped($0))</li>" }.joined() + "</ul>"
        case .names(let names):
            return "<p class=\"names\">" + names.map { "<span>\(escaped($0))</span>" }.joined() + "</p>"
        case .facts(let facts):
            let rows = facts.map { "<tr><th scope=\"row\">\(escaped($0.name))</th><td>\(escaped($0.value))</td></tr>" }
            return "<table class=\"details\">\(rows.joined())</table>"
        case .metrics(let metrics, let source): return "<p>\(escaped(source))</p>" + table(metrics)
        case .command(let command): return "<pre>\(escaped(command))</pre>"
        }
    }

    private func table(_ metrics: [Metric]) -> String {
        let hasIntervals = metrics.contains { $0.interval != nil }
        let rows = metrics.map { metric in
            let interval = hasIntervals ? "<td>\(metric.shownInterval)</td>" : ""
            return
                "<tr><th scope=\"row\">\(escaped(metric.name))</th><td>\(fixed(metric.value, 4))</td>\(interval)</tr>"
        }
        let head = "<th scope=\"col\">metric</th><th>value</th>" + (hasIntervals ? "<th>95 % interval</th>" : "")
        return """
            <div class="scroll"><table class="numbers short"><thead><tr>\(head)</tr></thead>\
            <tbody>\(rows.joined())</tbody></table></div>
            """
    }
}

/// What a card has beside the style of every page.
private let cardStyle = """
    main{max-width:860px}
    .cards{grid-template-columns:repeat(4,1fr)}
    .cards small{display:block;color:var(--soft);font-size:12px;font-variant-numeric:tabular-nums}
    section .words{color:var(--ink);white-space:pre-line;overflow-wrap:anywhere}section .none{font-style:italic;margin:0}
    section p:last-child{margin-bottom:0}ul{margin:0;padding-left:20px;overflow-wrap:anywhere}
    .names{display:flex;flex-wrap:wrap;gap:6px}
    .names span{border:1px solid var(--line);border-radius:12px;padding:1px 10px;color:var(--ink);font-size:14px;
    overflow-wrap:anywhere;min-width:0}
    .short{max-width:520px}
    pre{margin:0;padding:10px 12px;background:var(--page);border-radius:8px;overflow-x:auto;font-size:13px}
    @media(max-width:720px){.cards{grid-template-columns:repeat(2,1fr)}.details th{white-space:normal;padding-right:12px}}
    """
