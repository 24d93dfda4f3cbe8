extension ModelDifference {
    /// The same with the metrics alone that sum a version up: those of its card, of the test split, or of validation
    /// where the test split tells no difference. Where none of them differ, or few metrics do at all, they all stay.
    ///
    /// - Returns: and how many metrics were left out.
    public func withHeadlines(most: Int = 12) -> (difference: ModelDifference, leftOut: Int) {
        guard let place = parts.firstIndex(where: { $0.title == Self.metricsTitle }), parts[place].rows.count > most
        else { return (self, 0) }
        let rows = parts[place].rows
        let choices = ["test", "best", "val"].map { headlines(of: $0, in: rows) }
        var difference = self
        difference.parts[place].rows = choices.first { !$0.isEmpty } ?? rows
        return (difference, rows.count - difference.parts[place].rows.count)
    }

    static let metricsTitle = "metrics"

    private func headlines(of split: String, in rows: [Row]) -> [Row] {
        let byName = Dictionary(rows.map { ($0.name, $0) }) { first, _ in first }
        return ModelCard.metricNames.compactMap { byName["\(split)/\($0)"] }
    }
}
