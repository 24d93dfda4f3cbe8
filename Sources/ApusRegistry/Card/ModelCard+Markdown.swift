extension ModelCard {
    /// The card as Markdown.
    public var markdown: String {
        let head = ["# \(line(title))"] + (summary.isEmpty ? [] : [plain(summary)])
        return (head + sections.map(text)).joined(separator: "\n\n") + "\n"
    }

    private func text(_ section: CardSection) -> String { "## \(section.title)\n\n\(text(section.body))" }

    private func text(_ body: CardSection.Body) -> String {
        switch body {
        case .words(let words): plain(words)
        case .list(let items), .names(let items): items.map { "- \(line($0))" }.joined(separator: "\n")
        case .facts(let facts): table(["", ""], facts.map { [$0.name, $0.value] })
        case .metrics(let metrics, let source): (source.isEmpty ? "" : line(source) + "\n\n") + table(metrics)
        case .command(let command): "    \(command)"
        }
    }

    private func table(_ metrics: [Metric]) -> String {
        let hasIntervals = metrics.contains { $0.interval != nil }
        let rows = metrics.map { metric in
            [metric.name, shown(metric.value)] + (hasIntervals ? [metric.shownInterval] : [])
        }
        return table(["metric", "value"] + (hasIntervals ? ["95 % interval"] : []), rows)
    }

    private func table(_ header: [String], _ rows: [[String]]) -> String {
        let lines = [header, header.map { _ in "---" }] + rows.map { $0.map(line) }
        return lines.map { "| \($0.joined(separator: " | ")) |" }.joined(separator: "\n")
    }

    /// Words in one line that neither end a table's cell nor begin markup of HTML.
    private func line(_ text: String) -> String {
        plain(text.split(whereSeparator: \.isNewline).joined(separator: " ")).replacing("|", with: "\\|")
    }

    private func plain(_ text: String) -> String { text.replacing("<", with: "&lt;") }
}

/// Four decimals; figures without a value, which a class without instances has, are said to be none.
func shown(_ value: Double) -> String {
    value.isFinite ? "\((value * 10_000).rounded() / 10_000)" : "none"
}

extension ModelCard.Metric {
    var shownInterval: String { interval.map { "\(shown($0.lowerBound)) – \(shown($0.upperBound))" } ?? "–" }
}
