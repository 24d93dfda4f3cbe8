/// Rows of text in columns under a heading.
struct Table {
    let text: String

    /// - Parameter rightAligned: the columns of numbers.
    init(_ heading: [String], _ rows: [[String]], rightAligned: Set<Int> = []) {
        let widths = heading.indices.map { column in ([heading] + rows).map { $0[column].count }.max() ?? 0 }
        func line(_ row: [String]) -> String {
            let cells = row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return rightAligned.contains(column) ? space + cell : cell + space
            }
            let text = cells.joined(separator: "  ")
            return String(text[...(text.lastIndex { $0 != " " } ?? text.startIndex)])
        }
        text = ([Console.bold(line(heading))] + rows.map(line)).joined(separator: "\n")
    }
}
