/// What the last preparation found, as `report.json` for programs and `report.txt` for people.
struct PreparationReport: Codable {
    var name: String
    var description: String
    var source: String
    /// `nil` where nothing was prepared.
    var id: String?
    var classes: [String]
    var counts: PreparationCounts
    var faults: [Fault]

    var json: String { PreparationJSON.text(self, pretty: true) + "\n" }

    var text: String {
        ([headline, "source: \(source)", ""] + splitTable + faultSummary + faultList).joined(separator: "\n") + "\n"
    }

    private var headline: String {
        "\(name) \(id ?? "(not prepared)"): \(counts.imagesKept) of \(counts.imagesFound) images, "
            + "\(counts.boxes) boxes, \(counts.faults.values.reduce(0, +)) faults"
    }

    private var splitTable: [String] {
        let names = Split.allCases.map(\.rawValue)
        func row(_ title: String, _ value: (PreparationCounts.SplitCounts) -> Int) -> String {
            column(title, width: 24) + names.map { rightColumn(value(counts.splits[$0] ?? .init())) }.joined()
        }
        let head =
            column("", width: 24) + names.map { String(repeating: " ", count: max(0, 9 - $0.count)) + $0 }.joined()
        return [head, row("images") { $0.images }, row("without boxes") { $0.backgrounds }, row("boxes") { $0.boxes }]
            + classes.map { name in row("  " + name) { $0.boxesByClass[name] ?? 0 } } + [""]
    }

    private var faultSummary: [String] {
        guard !counts.faults.isEmpty else { return ["no faults"] }
        return counts.faults.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { column($0.key, width: 24) + rightColumn($0.value) } + [""]
    }

    private var faultList: [String] { faults.map { "\($0.kind.rawValue): \($0)" } }

    private func column(_ text: String, width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    private func rightColumn(_ value: Int) -> String {
        let text = String(value)
        return String(repeating: " ", count: max(1, 9 - text.count)) + text
    }
}
