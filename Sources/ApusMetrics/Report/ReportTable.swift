import ApusVision

/// A table whose rows can be sorted by a click on a column's head.
struct ReportTable {
    enum Cell {
        case text(String)
        case count(Int)
        case number(Double?)
        /// With a bar as long as its share of 1.
        case bar(Double?)
        /// A difference, coloured by whether it is for the better.
        case change(Double?, isBetter: Bool?)
    }

    /// The first is the rows' own.
    var columns: [String]
    var rows: [(name: String, cells: [Cell])]
    /// Of the table element, beside `numbers` and `sortable`.
    var style = ""

    var html: String {
        let heads = columns.enumerated().map {
            "<th scope=\"col\"\($0 == 0 ? " class=\"first\"" : "")>\(escaped($1))</th>"
        }
        let body = rows.map { row in
            "<tr><th scope=\"row\">\(escaped(row.name))</th>\(row.cells.map(\.html).joined())</tr>\n"
        }
        return """
            <div class="scroll"><table class="numbers sortable \(style)"><thead><tr>\(heads.joined())</tr></thead>
            <tbody>\(body.joined())</tbody></table></div>

            """
    }
}

extension ReportTable.Cell {
    fileprivate var html: String {
        switch self {
        case .text(let text): "<td class=\"text\">\(escaped(text))</td>"
        case .count(let count): "<td data-v=\"\(count)\">\(count)</td>"
        case .number(let value): "<td data-v=\"\(plain(value))\">\(fixed(value))</td>"
        case .bar(let value): "<td class=\"bar\" data-v=\"\(plain(value))\">\(bar(value))</td>"
        case .change(let value, let isBetter):
            "<td class=\"\(isBetter.map { $0 ? "better" : "worse" } ?? "same")\" data-v=\"\(plain(value))\">"
                + "\(withSign(value))</td>"
        }
    }

    private func bar(_ value: Double?) -> String {
        guard let value, value.isFinite else { return "–" }
        return "<i style=\"width:\(fixed(min(max(value, 0), 1) * 100, 1))%\"></i><span>\(fixed(value))</span>"
    }

    /// For sorting: empty where there is no number.
    private func plain(_ value: Double?) -> String { value.flatMap { $0.isFinite ? "\($0)" : nil } ?? "" }
}

/// With its sign, whatever it is.
func withSign(_ value: Double?, _ decimals: Int = 3) -> String {
    guard let value, value.isFinite else { return "–" }
    let text = fixed(value, decimals)
    return value > 0 && text.contains { "123456789".contains($0) } ? "+" + text : text
}
