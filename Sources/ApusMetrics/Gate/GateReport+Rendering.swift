extension GateReport {
    /// Intervals have a column where there is one.
    private var showsIntervals: Bool { rows.contains { $0.interval != nil } }

    private var headings: [String] {
        let middle = showsIntervals ? ["95 % interval"] : []
        let end = showsIntervals ? ["judged by"] : []
        return ["metric", "candidate", "baseline", "delta"] + middle + ["bound", "verdict"] + end + ["reason"]
    }

    private var cells: [[String]] {
        rows.map { row in
            let values = [
                row.metric, row.candidate.map(shortest) ?? "–", row.baseline.map(shortest) ?? "–",
                row.delta.map(signed) ?? "–",
            ]
            let middle = showsIntervals ? [row.interval.map { "\(signed($0.lower)) … \(signed($0.upper))" } ?? "–"] : []
            let end = showsIntervals ? [row.basis.rawValue] : []
            return values + middle + [row.bound, row.verdict.rawValue] + end + [row.reason]
        }
    }

    /// The verdict in words.
    var headline: String {
        switch verdict {
        case .pass where rows.contains { $0.verdict == .warning }: "pass, with warnings"
        default: verdict.rawValue
        }
    }

    /// A table for a terminal, ending with the verdict.
    public var text: String {
        let table = rows.isEmpty ? [] : [headings] + cells
        let widths = headings.indices.map { column in table.map { $0[column].count }.max() ?? 0 }
        let lines = table.map { row in
            let padded = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            return padded.joined(separator: "  ").trimmedRight
        }
        return (lines + notes + problems + ["gate: " + headline]).joined(separator: "\n") + "\n"
    }

    /// A table for a pull request or a job summary.
    public var markdown: String {
        let lines = cells.map { "| " + $0.map(markdownEscaped).joined(separator: " | ") + " |" }
        let rules = headings.map { ["candidate", "baseline", "delta"].contains($0) ? "--:" : "---" }
        let table = ["| " + headings.joined(separator: " | ") + " |", "|" + rules.joined(separator: "|") + "|"] + lines
        let remarks = problems + notes
        let ending = remarks.isEmpty ? [] : [""] + remarks.map { "- " + markdownEscaped($0) }
        return (["**Gate: \(headline)**", ""] + (rows.isEmpty ? [] : table) + ending).joined(separator: "\n") + "\n"
    }

    /// JSON with sorted keys.
    public func jsonData() -> [UInt8] { sortedJSON(self) }
}

/// A difference with its sign.
func signed(_ value: Double) -> String { (value > 0 ? "+" : "") + shortest(value) }

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
