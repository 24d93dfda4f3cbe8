import ApusVision

extension EvaluationReport {
    /// The report as a comment on a pull request: headline, differences, errors, parts and classes.
    public func markdown() -> String {
        let content = content
        let lead = details.map { "\(plain($0.name)): \(plain($0.value))" } + [plain(content.summary)]
        var parts = ["## \(plain(title))", lead.joined(separator: " · "), headlineTable(content)]
        if let classes = classTable(content) {
            parts.append("<details><summary>Classes</summary>\n\n\(classes)\n\n</details>")
        }
        if let errors = errorTable(content) { parts.append(errors) }
        if let slices = sliceTable(content) { parts.append(slices) }
        return parts.joined(separator: "\n\n") + "\n"
    }

    private func headlineTable(_ content: ReportContent) -> String {
        let cards = content.cards.filter { !$0.name.isEmpty }
        let names = ["metric", "value"] + (intervals.isEmpty ? [] : ["95 %"])
        let rows = cards.map { card in
            [card.title, fixed(card.value)]
                + (intervals.isEmpty ? [] : [intervals[card.name].map(interval) ?? "–"]) + differences([card.name])
        }
        return table(names + differenceHeads(1), rows)
    }

    private func interval(_ range: ClosedRange<Double>) -> String {
        "\(fixed(range.lowerBound)) – \(fixed(range.upperBound))"
    }

    private func differenceHeads(_ count: Int) -> [String] {
        baseline == nil ? [] : (0..<count).flatMap { _ in ["baseline", "difference"] }
    }

    private func differences(_ names: [String]) -> [String] {
        guard let baseline else { return [] }
        return names.flatMap { name in
            [fixed(baseline.values[name]), mark(baseline.change(name, of: metrics))]
        }
    }

    private func mark(_ change: ReportBaseline.Change?) -> String {
        guard let change else { return "–" }
        return withSign(change.delta) + (change.isBetter.map { $0 ? " ▲" : " ▼" } ?? "")
    }

    private func classTable(_ content: ReportContent) -> String? {
        guard let prefix = content.classPrefixes.first, !content.classNames.isEmpty else { return nil }
        let values = metrics.values
        let rows = content.classNames.map { name in
            [plain(name)] + content.classPrefixes.map { fixed(values[$0 + name]) } + differences([prefix + name])
        }
        let heads = content.classPrefixes.map { String($0.dropLast()) }
        return table(["class"] + heads + differenceHeads(1), rows)
    }

    private func errorTable(_ content: ReportContent) -> String? {
        let values = metrics.values
        let names = content.costNames.filter { values[$0] != nil }
        guard !names.isEmpty else { return nil }
        let rows = names.map { [$0, fixed(values[$0])] + differences([$0]) }
        return table(["what errors cost", "dAP"] + differenceHeads(1), rows)
    }

    private func sliceTable(_ content: ReportContent) -> String? {
        guard !slices.isEmpty else { return nil }
        let names = content.mainNames.filter { name in slices.contains { $0.values[name] != nil } }
        let rows = slices.map { slice in
            [plain(slice.name), "\(slice.imageCount)"] + names.map { fixed(slice.values[$0]) }
        }
        return table(["slice", "images"] + names, rows)
    }

    private func table(_ heads: [String], _ rows: [[String]]) -> String {
        let lines = [heads, heads.enumerated().map { $0.offset == 0 ? ":--" : "--:" }] + rows
        return lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }

    /// Text that Markdown shows as it is, in one line.
    private func plain(_ text: String) -> String {
        var result = ""
        for character in escaped(text) {
            if character.isNewline {
                result += " "
            } else if "\\`*_[]|~".contains(character) {
                result += "\\\(character)"
            } else {
                result.append(character)
            }
        }
        return result
    }
}
