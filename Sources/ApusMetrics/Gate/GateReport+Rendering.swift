extension GateReport {
    private static let headings = ["metric", "candidate", "baseline", "delta", "bound", "verdict", "reason"]

    private var cells: [[String]] {
        rows.map { row in
            [
                row.metric, row.candidate.map(shortest) ?? "–", row.baseline.map(shortest) ?? "–",
                row.delta.map { ($0 > 0 ? "+" : "") + shortest($0) } ?? "–", row.bound, row.verdict.rawValue,
                row.reason,
            ]
        }
    }

    private var headline: String {
        switch verdict {
        case .pass where rows.contains { $0.verdict == .warning }: "pass, with warnings"
        default: verdict.rawValue
        }
    }

    /// A table for a terminal, ending with the verdict.
    public var text: String {
        let table = [Self.headings] + cells
        let widths = Self.headings.indices.map { column in table.map { $0[column].count }.max() ?? 0 }
        let lines = table.map { row in
            let padded = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            return padded.joined(separator: "  ").trimmedRight
        }
        return (lines + problems + ["gate: " + headline]).joined(separator: "\n") + "\n"
    }

    /// A table for a pull request or a job summary.
    public var markdown: String {
        let lines = cells.map { "| " + $0.map(markdownEscaped).joined(separator: " | ") + " |" }
        let table = ["| " + Self.headings.joined(separator: " | ") + " |", "|---|--:|--:|--:|---|---|---|"] + lines
        let notes = problems.isEmpty ? [] : [""] + problems.map { "- " + markdownEscaped($0) }
        return (["**Gate: \(headline)**", ""] + table + notes).joined(separator: "\n") + "\n"
    }

    /// JSON with sorted keys.
    public func jsonData() -> [UInt8] { sortedJSON(self) }
}

/// Text that a Markdown table shows as it is.
private func markdownEscaped(_ text: String) -> String {
    var result = ""
    for character in text {
        switch character {
        case "|", "\\", "`", "*", "_", "[", "]", "#": result += "\\\(character)"
        case "<": result += "&lt;"
        case "&": result += "&amp;"
        case "\n", "\r", "\r\n": result += " "
        default: result.append(character)
        }
    }
    return result
}

extension String {
    fileprivate var trimmedRight: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
