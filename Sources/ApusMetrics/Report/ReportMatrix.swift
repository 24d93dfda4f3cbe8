import ApusVision

/// A confusion matrix; a large one is told by its largest entries.
struct ReportMatrix {
    var labels: [String]
    /// `[truth][prediction]`.
    var counts: [[Int]]

    /// A larger matrix says less than a list of its largest entries.
    private static let largest = 31

    var html: String { labels.count <= Self.largest ? matrix : list }

    private var matrix: String {
        let heads = labels.map { "<th scope=\"col\" title=\"\(escaped($0))\"><span>\(escaped(short($0)))</span></th>" }
        let rows = zip(labels, counts).enumerated().map { row, entry in
            let total = max(entry.1.reduce(0, +), 1)
            let cells = entry.1.enumerated().map { column, count in
                cell(count, share: Double(count) / Double(total), isRight: row == column, row, column)
            }
            let name = "<th scope=\"row\" title=\"\(escaped(entry.0))\">\(escaped(entry.0))</th>"
            return "<tr>\(name)\(cells.joined())</tr>\n"
        }
        return """
            <div class="scroll"><table class="heat"><thead><tr><td></td>\(heads.joined())</tr></thead>
            <tbody>\(rows.joined())</tbody></table></div>
            """
    }

    private func short(_ name: String) -> String { name.count > 20 ? name.prefix(19) + "…" : name }

    private func cell(_ count: Int, share: Double, isRight: Bool, _ row: Int, _ column: Int) -> String {
        guard count > 0 else { return "<td class=\"zero\">·</td>" }
        let color = isRight ? "var(--good-rgb)" : "var(--bad-rgb)"
        let says = "\(labels[row]) taken for \(labels[column]): \(count), \(fixed(share * 100, 1)) %"
        return """
            <td title="\(escaped(says))" style="background:rgb(\(color) / \(fixed(0.08 + 0.72 * share, 2)))">\
            \(count)</td>
            """
    }

    private var list: String {
        let entries = counts.enumerated().flatMap { row, counts in
            counts.enumerated().filter { $0.offset != row && $0.element > 0 }.map { (row, $0.offset, $0.element) }
        }
        let rows = entries.sorted { ($1.2, $0.0, $0.1) < ($0.2, $1.0, $1.1) }.prefix(40).map {
            (labels[$0.0], [ReportTable.Cell.text(labels[$0.1]), .count($0.2)])
        }
        return ReportTable(columns: ["object", "taken for", "times"], rows: rows).html
    }
}
