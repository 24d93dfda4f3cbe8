import ApusInference

/// What a comparison found, for people and for programs.
struct ComparisonReport {
    let differences: [ValueDifference]
    let tolerance: Double
    /// Whether values that agree are shown too.
    let showsAll: Bool

    var outputsAgree: Bool { differences.allSatisfy { !$0.isOutput || $0.agrees(within: tolerance) } }

    /// In the order of the run: what comes after it has its difference from here.
    private var first: ValueDifference? { differences.first { !$0.agrees(within: tolerance) } }

    private var shown: [ValueDifference] {
        differences.filter { showsAll || $0.isOutput || !$0.agrees(within: tolerance) }
    }

    var text: String {
        let table = Table(["max_abs", "max_rel", "type", "value", "node"], shown.map(\.row), rightAligned: [0, 1])
        return [table.text, verdict].joined(separator: "\n")
    }

    private var verdict: String {
        guard let first else { return "\(differences.count) values agree within \(tolerance)" }
        let place = first.node.map { ", which \($0) makes" } ?? ""
        return "the first value that differs is '\(first.name)'\(place)"
    }

    var json: JSONText {
        .object([
            ("agree", .bool(outputsAgree)), ("tolerance", .number(tolerance)),
            ("compared", .integer(differences.count)),
            ("first_difference", first.map { .string($0.name) } ?? .null), ("values", .array(shown.map(\.json))),
        ])
    }
}
